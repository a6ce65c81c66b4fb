-- Removes results whose time is over.
-- The outer condition is for a row that somebody renews while this waits for it: it is looked at again then.
-- @limit  how many at most
delete from celerynet.result where expires < $now and task_id in (select task_id from celerynet.result where expires < $now limit @limit)
