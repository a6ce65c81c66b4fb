-- The newest states of some tasks.
-- @task_ids  the tasks
select task_id, status, result, to_char(date_done, 'YYYY-MM-DD"T"HH24:MI:SS.US'), traceback from celery_taskmeta where task_id $any(@task_ids)
