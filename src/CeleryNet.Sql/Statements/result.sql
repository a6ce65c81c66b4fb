-- The newest state of a task.
-- @task_id  the task
select document from celerynet.result where task_id = @task_id
