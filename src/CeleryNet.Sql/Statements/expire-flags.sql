-- Removes flags whose time is over.
-- @limit  how many at most
delete from celerynet.flag where name in (select name from celerynet.flag where expires < $now limit @limit)
