-- Makes ready what is due; some at a time.
-- @queues  JSON, names of queues
update celerynet.message set due = null
where id in (select id from celerynet.message where queue $any(@queues) and consumer is null and due <= $now limit 1000)
returning queue
