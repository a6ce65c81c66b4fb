-- Finds messages whose visibility timeout has ended, leaving out those of living CeleryNet holders.
-- KEYS[1] unacked_index  zset: tag -> Unix time of delivery
-- KEYS[2] holders        hash: holder -> epoch
-- ARGV[1] visibility timeout in seconds
-- ARGV[2] how many to look at
-- ARGV[3] what the tags of CeleryNet begin with; the holder follows, up to the next colon
-- Returns tags.
local time = redis.call('TIME')
local expired = {}
for _, tag in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time[1] + time[2] / 1000000 - ARGV[1], 'LIMIT', 0, ARGV[2])) do
  local holder
  if string.sub(tag, 1, #ARGV[3]) == ARGV[3] then holder = string.match(tag, '^([^:]+):', #ARGV[3] + 1) end
  if not holder or redis.call('HEXISTS', KEYS[2], holder) == 0 then expired[#expired + 1] = tag end
end
return expired
