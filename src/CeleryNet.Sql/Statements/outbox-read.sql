-- The oldest messages of the outbox, without those whose turn it is not.
-- @without  text[], exchanges and routing keys, each pair with a space between
-- @limit    how many at most
select id, exchange, routing_key, queue, content from celerynet.outbox where not (exchange || ' ' || routing_key $any(@without)) order by id limit @limit
