-- The newest message of an exchange; 0 when there is none.
-- @exchange  name of the exchange
select coalesce(max(id), 0) from celerynet.broadcast where exchange = @exchange
