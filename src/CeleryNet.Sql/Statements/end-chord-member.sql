-- Keeps what a member has ended with; no row is changed when it had ended before.
-- @chord    id of the header
-- @task_id  the member
-- @place    its place in the header; null: behind all others
-- @part     id, state and value
insert into celerynet.chord_member as known (chord, task_id, is_added, place, part) values (@chord, @task_id, 0, cast(@place as integer), @part)
on conflict (chord, task_id) do update set place = excluded.place, part = excluded.part where known.part is null
