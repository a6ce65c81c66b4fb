-- What was sent to an exchange since.
-- @exchange  name of the exchange
-- @last      the last one that was read
select id, routing_key, content from celerynet.broadcast where exchange = @exchange and id > @last order by id limit 500
