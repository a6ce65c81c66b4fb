-- Takes a key from a task.
-- @name     the key
-- @task_id  the task
delete from celerynet.unique_key where name = @name and task_id = @task_id and expires > $now
