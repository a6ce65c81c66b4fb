-- Those of some members that were added to a chord before.
-- @chord     id of the header
-- @task_ids  the members
select task_id from celerynet.chord_member where chord = @chord and task_id $any(@task_ids) and is_added = 1
