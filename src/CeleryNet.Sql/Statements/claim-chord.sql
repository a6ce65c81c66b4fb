-- Notes who ends a chord.
-- @chord    id of the header
-- @task_id  the member that was last
-- @run      its run
update celerynet.chord set sender = @task_id, run = @run, claimed = $now where id = @chord
