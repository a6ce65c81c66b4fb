-- Lets the lease of a permit begin anew; no row is changed when it is not held.
-- @name    what is counted together
-- @holder  who
-- @lease   for how many milliseconds
update celerynet.permit set expires = $now + @lease where name = @name and holder = @holder and expires > $now
