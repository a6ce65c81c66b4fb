-- A row when the member of the chord has ended.
-- @chord    id of the header
-- @task_id  the member
select task_id from celerynet.chord_member where chord = @chord and task_id = @task_id and part is not null
