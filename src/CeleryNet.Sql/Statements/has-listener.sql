-- A row when somebody listens to an exchange.
-- @exchange  name of the exchange
select id from celerynet.listener where exchange = @exchange and alive_until > $now limit 1
