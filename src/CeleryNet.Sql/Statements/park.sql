-- Keeps a message until its time has come; that is no delivery. Asked again after a lost answer, it finds the message kept already.
-- @consumer  id of the session that holds it
-- @id        the message
-- @due       when it may be delivered, milliseconds since 1970
update celerynet.message set consumer = null, deliveries = case when consumer is null then deliveries else deliveries - 1 end, due = @due
where id = @id and (consumer = @consumer or (consumer is null and due = @due))
