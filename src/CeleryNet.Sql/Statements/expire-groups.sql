-- Removes saved groups whose time is over.
-- @limit  how many at most
delete from celerynet.saved_group where id in (select id from celerynet.saved_group where expires < $now limit @limit)
