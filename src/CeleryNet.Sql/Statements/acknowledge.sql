-- Removes messages that are done; what another session holds by now stays.
-- @consumer  id of the session that held them
-- @ids       the messages
delete from celerynet.message where id $any(@ids) and consumer = @consumer
