-- Messages that are to go, and where to, if anywhere: those of queues that name a dead-letter exchange.
-- @ids  the messages
select m.content, q.dead_exchange, q.dead_key from celerynet.message m join celerynet.queue q on q.name = m.queue
where m.id $any(@ids) and q.dead_exchange is not null order by m.id
