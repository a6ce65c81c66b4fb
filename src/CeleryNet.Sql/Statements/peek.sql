-- The next messages of a queue.
-- @queue  name of the queue
-- @limit  how many at most
select id, deliveries, content from celerynet.message
where queue = @queue and consumer is null and due is null and (expires is null or expires > $now) order by priority desc, id limit @limit
