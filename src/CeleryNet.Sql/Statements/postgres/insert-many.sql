-- Puts messages into queues in their order, as insert.sql does with one; those whose queue is not there are left out. The lists are of the same length.
-- @queues      text[], names of the queues
-- @priorities  smallint[]
-- @dues        bigint[]
-- @ttls        bigint[]
-- @contents    bytea[]
insert into celerynet.message (queue, priority, due, expires, content)
select q.name, m.priority, case when m.due > $now + 5000 then m.due end, $now + m.ttl, m.content
from unnest(@queues, @priorities, @dues, @ttls, @contents) with ordinality as m(queue, priority, due, ttl, content, place) join celerynet.queue q on q.name = m.queue
order by m.place
