-- Ends a session. In PostgreSQL this waits for a claim of the session that is under way, so that whatever it took is seen by what follows.
-- @consumer  id of the session
delete from celerynet.consumer where id = @consumer
