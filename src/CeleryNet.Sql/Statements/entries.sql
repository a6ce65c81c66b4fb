-- The entries of a beat.
-- @beat  its name
select name, definition, since, origin, last_run, last_sent, total_runs from celerynet.entry where beat = @beat
