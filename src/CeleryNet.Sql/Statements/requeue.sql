-- Returns messages to their queues; they count as delivered.
-- @consumer  id of the session that holds them
-- @ids       the messages
update celerynet.message set consumer = null where id $any(@ids) and consumer = @consumer
