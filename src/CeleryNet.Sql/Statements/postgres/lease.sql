-- A row while a term lasts; nobody can end it before the transaction is over.
-- @name   what is led
-- @token  the term
select token from celerynet.lease where name = @name and token = @token and until > $now for share
