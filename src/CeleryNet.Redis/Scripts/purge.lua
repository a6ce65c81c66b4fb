-- Removes all messages of a queue that are ready.
-- KEYS the queue's lists
-- Returns how many there were.
local count = 0
for i = 1, #KEYS do count = count + redis.call('LLEN', KEYS[i]) end
redis.call('UNLINK', unpack(KEYS))
return count
