-- Removes all messages of a queue that are ready.
-- KEYS the queue's lists
-- ARGV[1] how many there may be at most; empty for any number
-- Returns how many there were; when there were more than that, none was removed.
local count = 0
for i = 1, #KEYS do count = count + redis.call('LLEN', KEYS[i]) end
if ARGV[1] == '' or count <= tonumber(ARGV[1]) then redis.call('UNLINK', unpack(KEYS)) end
return count
