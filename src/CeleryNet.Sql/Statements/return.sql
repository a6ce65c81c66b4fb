-- Returns messages to their queues; they do not count as delivered.
-- @consumer  id of the session that holds them
-- @ids       the messages
update celerynet.message set consumer = null, deliveries = deliveries - 1 where id $any(@ids) and consumer = @consumer
