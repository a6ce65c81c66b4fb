-- One more member of a chord, named by a member that runs; should that one run again, it still is one.
-- KEYS[1] members added later: Celery's '.t'
-- KEYS[2] their ids, ours
-- ARGV[1] id
-- ARGV[2] seconds to keep both, '0' for ever
-- Returns how many were added.
local count
if redis.call('SADD', KEYS[2], ARGV[1]) == 1 then count = redis.call('INCR', KEYS[1])
else count = tonumber(redis.call('GET', KEYS[1]) or '0') end
if ARGV[2] ~= '0' then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
return count
