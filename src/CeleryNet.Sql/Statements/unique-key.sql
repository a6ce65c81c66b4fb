-- The task that has a key.
-- @name  the key
select task_id from celerynet.unique_key where name = @name and expires > $now
