-- Stores the states of tasks, as store-result.sql does with one, and returns those that were stored. Each task is there once. In the order of the ids, so that two transactions do not wait for each other.
-- @task_ids   text[], the tasks
-- @states     text[], their states
-- @lifetime   for how many milliseconds they are kept; null: for ever
-- @documents  bytea[], the result documents
insert into celerynet.result as stored (task_id, state, version, expires, document)
select one.task_id, one.state, $now, $now + cast(@lifetime as bigint), one.document from unnest(@task_ids, @states, @documents) as one(task_id, state, document) order by one.task_id
on conflict (task_id) do update set state = excluded.state, version = case when excluded.version > stored.version then excluded.version else stored.version + 1 end, expires = excluded.expires, document = excluded.document
where stored.state <> 'SUCCESS'
returning task_id
