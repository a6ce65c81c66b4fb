-- Ends a term.
-- @name   what is led
-- @token  the term
update celerynet.lease set until = 0 where name = @name and token = @token
