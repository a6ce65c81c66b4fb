-- Binds a queue to an exchange, unless it is.
-- @exchange     name of the exchange
-- @routing_key  key or pattern
-- @queue        name of the queue
insert into celerynet.binding (exchange, routing_key, queue) values (@exchange, @routing_key, @queue) on conflict do nothing
