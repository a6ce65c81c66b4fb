-- Lets the leases of held permits begin anew.
-- KEYS[i]  the permit of each lease, zset: holder -> Unix time at which its lease ends
-- ARGV[1]  lease in seconds
-- ARGV[2]  '1' to put back what is not there any more, else '0'
-- ARGV[2 + i]  its holder
-- Returns the positions of those that were not there any more.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local unknown = {}
for i = 1, #KEYS do
  local ends = redis.call('ZSCORE', KEYS[i], ARGV[2 + i])
  local known = ends and tonumber(ends) > now
  if not known then unknown[#unknown + 1] = i end
  if known or ARGV[2] == '1' then
    redis.call('ZADD', KEYS[i], now + ARGV[1], ARGV[2 + i])
    redis.call('PEXPIRE', KEYS[i], math.ceil(ARGV[1] * 1000) + 1000)
  end
end
return unknown
