-- The newest states of some tasks.
-- @task_ids  the tasks
select task_id, version, document from celerynet.result where task_id $any(@task_ids)
