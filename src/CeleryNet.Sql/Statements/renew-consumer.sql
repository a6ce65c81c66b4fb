-- A sign of life. No row is changed when the session was ended by others.
-- @consumer  id of the session
-- @lease     for how many milliseconds it lives on without another sign
update celerynet.consumer set alive_until = $now + @lease where id = @consumer
