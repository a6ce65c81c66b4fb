-- The newest message of a queue that is ready; null when there is none.
-- @queue  name of the queue
select max(id) from celerynet.message where queue = @queue and consumer is null and due is null
