-- The oldest messages of a bounded queue that are too many; at most 1000, the rest goes with the next message.
-- @queue       name of the queue
-- @max_length  how many may wait
select id from celerynet.message where queue = @queue and consumer is null and due is null order by id desc limit 1000 offset @max_length
