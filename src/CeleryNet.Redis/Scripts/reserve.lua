-- Reserves the key of a unique task.
-- KEYS[1]  string: id of the task that has the key
-- ARGV[1]  id of the task that wants it
-- ARGV[2]  how long it is kept, in milliseconds
-- ARGV[3]  '1' to take it from whoever has it, else '0'
-- Returns the id of the task that had it before, or nil when it was free.
local former = redis.call('GET', KEYS[1])
if not former or ARGV[3] == '1' then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return former
