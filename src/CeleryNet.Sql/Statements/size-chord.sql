-- Says how many members the header of a chord has.
-- @chord     id of the header
-- @size      how many
-- @lifetime  for how many milliseconds it is kept; null: for ever
insert into celerynet.chord (id, size, added, counted, expires) values (@chord, @size, 0, 0, $now + cast(@lifetime as bigint))
on conflict (id) do update set size = excluded.size, expires = excluded.expires
