-- Returns what a session holds without knowing, and what nobody has read; it does not count as delivered.
-- @consumer  id of the session
-- @known     ids of the messages that stay with it
update celerynet.message set consumer = null, deliveries = deliveries - 1
where consumer = @consumer and not (id $any(@known)) returning queue
