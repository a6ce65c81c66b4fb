-- Takes the next messages of a queue for a session that lives.
-- @consumer  id of the session
-- @queue     name of the queue
-- @limit     how many at most
update celerynet.message set consumer = @consumer, deliveries = deliveries + 1
where id in (select id from celerynet.message where queue = @queue and consumer is null and due is null order by priority desc, id limit @limit)
  and exists (select 1 from celerynet.consumer where id = @consumer)
returning id, queue, priority, deliveries, coalesce(expires <= $now, 0), content
