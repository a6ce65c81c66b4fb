-- Removes saved groups whose time is over.
-- The outer condition is for a row that somebody renews while this waits for it: it is looked at again then.
-- @limit  how many at most
delete from celerynet.saved_group where expires < $now and id in (select id from celerynet.saved_group where expires < $now limit @limit)
