-- Removes results whose time is over.
-- @limit  how many at most
delete from celerynet.result where task_id in (select task_id from celerynet.result where expires < $now limit @limit)
