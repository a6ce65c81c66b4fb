-- Stores the state of a task, unless it has succeeded. Its version is the moment, so that it grows even when the result was forgotten in between.
-- @task_id   the task
-- @state     its state
-- @lifetime  for how many milliseconds it is kept; null: for ever
-- @document  the result document
insert into celerynet.result as stored (task_id, state, version, expires, document)
values (@task_id, @state, $now, $now + cast(@lifetime as bigint), @document)
on conflict (task_id) do update set state = excluded.state, version = case when excluded.version > stored.version then excluded.version else stored.version + 1 end, expires = excluded.expires, document = excluded.document
where stored.state <> 'SUCCESS'
