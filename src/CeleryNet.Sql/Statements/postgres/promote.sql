-- Makes ready what is due; some at a time. What others are making ready at the moment is passed over.
-- @queues  text[], names of queues
update celerynet.message set due = null
where id in (select id from celerynet.message where queue $any(@queues) and consumer is null and due <= $now limit 1000 for update skip locked)
returning queue
