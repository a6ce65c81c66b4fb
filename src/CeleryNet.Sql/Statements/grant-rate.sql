-- Grants one of a rate.
-- @name     what is counted together
-- @spacing  microseconds until the next one
insert into celerynet.rate (name, next) values (@name, $now * 1000 + @spacing) on conflict (name) do update set next = excluded.next
