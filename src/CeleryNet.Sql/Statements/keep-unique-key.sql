-- Gives a key to a task.
-- @name      the key
-- @task_id   the task
-- @lifetime  for how many milliseconds
insert into celerynet.unique_key (name, task_id, expires) values (@name, @task_id, $now + @lifetime)
on conflict (name) do update set task_id = excluded.task_id, expires = excluded.expires
