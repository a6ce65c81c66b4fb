-- How many messages of a queue are ready, held and delayed; each by the index of its own.
-- @queue  name of the queue
select
  (select count(*) from celerynet.message where queue = @queue and consumer is null and due is null and (expires is null or expires > $now)),
  (select count(*) from celerynet.message where queue = @queue and consumer is not null),
  (select count(*) from celerynet.message where queue = @queue and consumer is null and due is not null)
