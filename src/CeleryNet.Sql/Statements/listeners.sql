-- The keys by which somebody listens to an exchange.
-- @exchange  name of the exchange
select routing_key from celerynet.listener where exchange = @exchange and alive_until > $now
