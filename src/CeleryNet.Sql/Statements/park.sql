-- Keeps a message until its time has come; that is no delivery.
-- @consumer  id of the session that holds it
-- @id        the message
-- @due       when it may be delivered, milliseconds since 1970
update celerynet.message set consumer = null, deliveries = deliveries - 1, due = @due where id = @id and consumer = @consumer
