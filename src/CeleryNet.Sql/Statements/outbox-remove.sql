-- Removes messages that were sent.
-- @ids  the messages
delete from celerynet.outbox where id $any(@ids)
