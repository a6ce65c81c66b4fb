-- Keeps the structure of a group.
-- @id        the group
-- @lifetime  for how many milliseconds it is kept; null: for ever
-- @tuple     its result tuple
insert into celerynet.saved_group (id, expires, tuple) values (@id, $now + cast(@lifetime as bigint), @tuple)
on conflict (id) do update set expires = excluded.expires, tuple = excluded.tuple
