-- Frees the key of a unique task, if it is that task's.
-- KEYS[1]  string: id of the task that has the key
-- ARGV[1]  id of the task
-- Returns 1, or 0 when it is not.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
