-- A row when a queue is bound so.
-- @exchange     name of the exchange
-- @routing_key  key or pattern
-- @queue        name of the queue
select queue from celerynet.binding where exchange = @exchange and routing_key = @routing_key and queue = @queue
