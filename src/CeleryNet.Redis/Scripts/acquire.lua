-- Takes permits: all of them or none.
-- KEYS[i]   one for each permit: of a concurrency a zset: holder -> Unix time at which its lease ends; of a rate a string: Unix time of the next grant
-- ARGV[1]   holder
-- ARGV[2]   lease in seconds
-- ARGV[1 + 2 * i], ARGV[2 + 2 * i]  how many may be held at once, 0 for a rate; seconds from one grant to the next
-- Returns {0}, or {position of the refused one, seconds until it is granted; -1 when nobody knows}.
-- The clock is the server's, see open.lua. A rate never waits for longer than its spacing, so that a step of that clock stops nothing.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
for i = 1, #KEYS do
  local slots, spacing = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
  if slots > 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
    if not redis.call('ZSCORE', KEYS[i], ARGV[1]) and redis.call('ZCARD', KEYS[i]) >= slots then return {i, '-1'} end
  else
    local wait = tonumber(redis.call('GET', KEYS[i]) or '0') - now
    if wait > 0 and wait <= spacing + 0.001 then return {i, string.format('%.6f', wait)} end
  end
end
for i = 1, #KEYS do
  if tonumber(ARGV[1 + 2 * i]) > 0 then
    redis.call('ZADD', KEYS[i], now + ARGV[2], ARGV[1])
    redis.call('PEXPIRE', KEYS[i], math.ceil(ARGV[2] * 1000) + 1000)
  else
    local spacing = tonumber(ARGV[2 + 2 * i])
    redis.call('SET', KEYS[i], string.format('%.6f', now + spacing), 'PX', math.ceil(spacing * 1000) + 1000)
  end
end
return {0}
