-- Removes keys of tasks whose time is over.
-- @limit  how many at most
delete from celerynet.unique_key where name in (select name from celerynet.unique_key where expires < $now limit @limit)
