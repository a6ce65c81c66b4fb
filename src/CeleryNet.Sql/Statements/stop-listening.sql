-- Ends listening.
-- @id  who
delete from celerynet.listener where id = @id
