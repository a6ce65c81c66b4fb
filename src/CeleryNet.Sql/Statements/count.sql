-- How many messages of a queue are ready.
-- @queue  name of the queue
select count(*) from celerynet.message where queue = @queue and consumer is null and due is null and (expires is null or expires > $now)
