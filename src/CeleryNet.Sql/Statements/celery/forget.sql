-- Removes what is stored of a task.
-- @task_id  the task
delete from celery_taskmeta where task_id = @task_id
