-- Leads on; no row is changed when the term is over.
-- @name      what is led
-- @token     the term
-- @duration  for how many milliseconds from now
update celerynet.lease set until = $now + @duration where name = @name and token = @token and until > $now
