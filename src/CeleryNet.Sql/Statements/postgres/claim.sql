-- Takes the next messages of some queues for a session that lives. What others are taking at the moment is passed over, not waited for. The session's row is locked against its deletion, so that
-- whoever ends the session sees what is taken here, or else nothing is taken.
-- @consumer  id of the session
-- @queues    text[], the queues in the order in which they are asked
-- @limits    bigint[], how many at most of each
-- @limit     how many at most of all
with session as (select id from celerynet.consumer where id = @consumer for key share),
chosen as (
  select candidate.id
  from session, unnest(@queues, @limits) with ordinality as wanted(queue, most, place),
  lateral (
    select m.id from celerynet.message m where m.queue = wanted.queue and m.consumer is null and m.due is null
    order by m.priority desc, m.id limit wanted.most for update skip locked
  ) candidate
  limit @limit
)
update celerynet.message m set consumer = @consumer, deliveries = m.deliveries + 1 from chosen where m.id = chosen.id
returning m.id, m.queue, m.priority, m.deliveries, coalesce(m.expires <= $now, false)::int, m.content
