-- Removes messages.
-- @ids  the messages
delete from celerynet.message where id $any(@ids)
