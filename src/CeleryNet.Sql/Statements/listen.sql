-- Begins to listen, or gives a sign of life.
-- @id           who
-- @exchange     name of the exchange
-- @routing_key  key or pattern
-- @lease        for how many milliseconds
insert into celerynet.listener (id, exchange, routing_key, alive_until) values (@id, @exchange, @routing_key, $now + @lease)
on conflict (id) do update set alive_until = excluded.alive_until
