-- Removes rates that have not granted anything for an hour after their last spacing was over.
-- The outer condition is for a row that somebody renews while this waits for it: it is looked at again then.
-- @limit  how many at most
delete from celerynet.rate where next < ($now - 3600000) * 1000 and name in (select name from celerynet.rate where next < ($now - 3600000) * 1000 limit @limit)
