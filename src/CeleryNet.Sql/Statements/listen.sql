-- Begins to listen, or gives a sign of life.
-- @id        who
-- @exchange  name of the exchange
-- @lease     for how many milliseconds
insert into celerynet.listener (id, exchange, alive_until) values (@id, @exchange, $now + @lease)
on conflict (id) do update set alive_until = excluded.alive_until
