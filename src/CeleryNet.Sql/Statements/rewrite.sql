-- Replaces what is kept of a message.
-- @consumer  id of the session that holds it
-- @id        the message
-- @content   the new envelope
update celerynet.message set content = @content where id = @id and consumer = @consumer
