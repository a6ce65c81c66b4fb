-- Tells every listening session, when the transaction commits.
-- @channel  the channel
-- @topics   text[], what changed
select pg_notify(@channel, topic) from unnest(@topics) topic
