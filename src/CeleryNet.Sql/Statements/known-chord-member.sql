-- A row when the member was added to the chord.
-- @chord    id of the header
-- @task_id  the member
select task_id from celerynet.chord_member where chord = @chord and task_id = @task_id and is_added = 1
