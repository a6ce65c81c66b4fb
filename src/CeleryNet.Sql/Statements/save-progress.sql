-- Notes how far an entry has come, unless it is further.
-- @beat        name of the beat
-- @name        name of the entry
-- @last_run    the moment it was sent for last, ticks
-- @last_sent   when that was, ticks
-- @total_runs  how often it was sent
update celerynet.entry set last_run = @last_run, last_sent = @last_sent, total_runs = @total_runs
where beat = @beat and name = @name and (last_run is null or last_run < @last_run or (last_run = @last_run and total_runs <= @total_runs))
