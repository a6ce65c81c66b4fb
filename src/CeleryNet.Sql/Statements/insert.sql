-- Puts a message into a queue, if the queue is there.
-- @queue     name of the queue
-- @priority  0 to 255, higher is sooner
-- @due       when it may be delivered, milliseconds since 1970; null or a moment that has passed: at once
-- @ttl       for how many milliseconds from now it is kept; null: for ever
-- @content   the envelope
insert into celerynet.message (queue, priority, due, expires, content)
select name, @priority, case when cast(@due as bigint) > $now then cast(@due as bigint) end, $now + cast(@ttl as bigint), @content
from celerynet.queue where name = @queue
