-- Begins to lead, if nobody does; no row when somebody does.
-- @name      what is led
-- @holder    who wants to
-- @duration  for how many milliseconds
insert into celerynet.lease as held (name, holder, token, until) values (@name, @holder, 1, $now + @duration)
on conflict (name) do update set holder = excluded.holder, token = held.token + 1, until = excluded.until where held.until <= $now
returning token
