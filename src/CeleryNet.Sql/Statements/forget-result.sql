-- Removes what is stored of a task.
-- @task_id  the task
delete from celerynet.result where task_id = @task_id
