-- The newest states of some tasks.
-- @task_ids  the tasks
select task_id, status, result, cast(date_done as text), traceback from celery_taskmeta where task_id $any(@task_ids)
