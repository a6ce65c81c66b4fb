-- Removes keys of tasks whose time is over.
-- The outer condition is for a row that somebody renews while this waits for it: it is looked at again then.
-- @limit  how many at most
delete from celerynet.unique_key where expires < $now and name in (select name from celerynet.unique_key where expires < $now limit @limit)
