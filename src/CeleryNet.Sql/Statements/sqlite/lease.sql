-- A row while a term lasts; within a transaction nobody can end it meanwhile.
-- @name   what is led
-- @token  the term
select token from celerynet.lease where name = @name and token = @token and until > $now
