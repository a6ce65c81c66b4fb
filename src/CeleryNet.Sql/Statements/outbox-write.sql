-- Writes a message into the outbox.
-- @exchange     exchange it is for
-- @routing_key  routing key
-- @queue        the queue to declare before, as JSON; null: none
-- @content      the envelope
insert into celerynet.outbox (exchange, routing_key, queue, content) values (@exchange, @routing_key, cast(@queue as text), @content)
