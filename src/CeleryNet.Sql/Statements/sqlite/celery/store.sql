-- Stores the state of a task in Celery's table, unless it has succeeded. The columns of result_extended stay as they are.
-- @task_id    the task
-- @status     its state
-- @result     what it returned or reported, or its error, as a pickle
-- @date_done  when it ended, in UTC with six digits of the second; null while it has not
-- @traceback  the stack trace, or null
insert into celery_taskmeta as stored (task_id, status, result, date_done, traceback)
values (@task_id, @status, @result, @date_done, @traceback)
on conflict (task_id) do update set status = excluded.status, result = excluded.result, date_done = excluded.date_done, traceback = excluded.traceback
where coalesce(stored.status, '') <> 'SUCCESS'
