-- In how many milliseconds the next message is due; null when none is delayed.
-- @queues  names of queues
select min((select min(due) from celerynet.message where queue = value and consumer is null and due is not null)) - $now from $each(@queues)
