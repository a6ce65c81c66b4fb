-- The oldest messages of the outbox.
-- @limit  how many at most
select id, exchange, routing_key, queue, content from celerynet.outbox order by id limit @limit
