-- Notes a member that came later; no row is changed when it is known as one.
-- @chord    id of the header
-- @task_id  the member
insert into celerynet.chord_member as known (chord, task_id, is_added) values (@chord, @task_id, 1)
on conflict (chord, task_id) do update set is_added = 1 where known.is_added = 0
