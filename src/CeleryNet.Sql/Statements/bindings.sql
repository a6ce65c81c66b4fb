-- What is bound to an exchange.
-- @exchange  name of the exchange
select e.type, b.routing_key, b.queue from celerynet.exchange e join celerynet.binding b on b.exchange = e.name where e.name = @exchange
