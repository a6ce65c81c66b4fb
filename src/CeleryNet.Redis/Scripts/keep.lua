-- Keeps the key of a unique task anew; one that ended in the meantime is reserved again.
-- KEYS[1]  string: id of the task that has the key
-- ARGV[1]  id of the task
-- ARGV[2]  how long it is kept, in milliseconds
-- Returns 1, or 0 when another task has it.
local former = redis.call('GET', KEYS[1])
if former and former ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
