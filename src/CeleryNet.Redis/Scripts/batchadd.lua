-- Adds members to a batch, all or none; one that is known already counts once.
-- KEYS[1] members added: Celery's '.t'
-- KEYS[2] their ids, ours
-- KEYS[3] size of the header, which is the member that closes the batch: Celery's '.s'; gone when the batch has ended
-- KEYS[4] parts: Celery's '.j'
-- ARGV[1] id of the member that closes the batch as JSON text, after whose end nothing is added; '' when the caller is a member that runs
-- ARGV[2] seconds to keep all, '0' for ever
-- ARGV[3...] ids
-- Returns 1, or 0 when nothing was added.
local new = {}
for i = 3, #ARGV do
  if redis.call('SISMEMBER', KEYS[2], ARGV[i]) == 0 then new[#new + 1] = ARGV[i] end
end
if #new == 0 then return 1 end
if redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
if ARGV[1] ~= '' then
  -- Its place is 0, and nobody else has that one.
  local kind = redis.call('TYPE', KEYS[4]).ok
  local near = kind == 'zset' and redis.call('ZRANGEBYSCORE', KEYS[4], 0, 0) or kind == 'list' and redis.call('LRANGE', KEYS[4], 0, -1) or {}
  for i = 1, #near do
    if string.match(near[i], '^%s*%[%s*1%s*,%s*("[^"]*")') == ARGV[1] then return 0 end
  end
end
local added = 0
for i = 1, #new do added = added + redis.call('SADD', KEYS[2], new[i]) end
redis.call('INCRBY', KEYS[1], added)
if ARGV[2] ~= '0' then
  for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[2]) end
end
return 1
