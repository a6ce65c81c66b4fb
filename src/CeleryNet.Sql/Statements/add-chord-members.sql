-- Notes members that came later; those that are known as such are not changed.
-- @chord     id of the header
-- @task_ids  the members, each once
insert into celerynet.chord_member as known (chord, task_id, is_added) select @chord, value, 1 from $each(@task_ids) where true
on conflict (chord, task_id) do update set is_added = 1 where known.is_added = 0
