-- Puts a message into a queue, if the queue is there.
-- @queue     name of the queue
-- @priority  0 to 255, higher is sooner
-- @due       when it may be delivered, milliseconds since 1970; null: at once. What is due within 5 seconds is delivered at once too: the worker holds it, and starts it to the millisecond
-- @ttl       for how many milliseconds from now it is kept; null: for ever
-- @content   the envelope
insert into celerynet.message (queue, priority, due, expires, content)
select name, @priority, case when cast(@due as bigint) > $now + 5000 then cast(@due as bigint) end, $now + cast(@ttl as bigint), @content
from celerynet.queue where name = @queue
