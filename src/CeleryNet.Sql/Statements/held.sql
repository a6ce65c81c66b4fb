-- Which of some messages a session holds.
-- @consumer  id of the session
-- @ids       the messages
select id from celerynet.message where id $any(@ids) and consumer = @consumer
