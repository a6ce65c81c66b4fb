-- The names of all queues. No parameters.
select name from celerynet.queue
