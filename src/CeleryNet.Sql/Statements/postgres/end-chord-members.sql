-- Keeps what members of a chord have ended with, as end-chord-member.sql does with one, and returns those that had not ended before. Each member is there once. In the order of the ids, so that two transactions do not wait for each other.
-- @chord     id of the header
-- @task_ids  text[], the members
-- @places    integer[], their places in the header; null: behind all others
-- @parts     bytea[], id, state and value of each
insert into celerynet.chord_member as known (chord, task_id, is_added, place, part)
select @chord, one.task_id, 0, one.place, one.part from unnest(@task_ids, @places, @parts) as one(task_id, place, part) order by one.task_id
on conflict (chord, task_id) do update set place = excluded.place, part = excluded.part where known.part is null
returning task_id
