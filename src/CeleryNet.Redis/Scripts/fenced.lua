-- Pushes a message if its sender leads, and if it was not sent for this moment or a later one before.
-- KEYS[1]   lease   string: token and holder of the term
-- KEYS[2]   sent    hash: subject -> moment of its last message, Unix milliseconds
-- KEYS[3]   the list that is pushed to
-- KEYS[4..] with a limit the queue's other lists, the most urgent first; without one further lists that are pushed to
-- ARGV[1]   what the lease must be
-- ARGV[2]   subject
-- ARGV[3]   moment in Unix milliseconds
-- ARGV[4]   how many messages the queue may hold (argument x-max-length); -1 without limit
-- ARGV[5]   for how many milliseconds a later moment is believed: a clock that was far ahead must not silence a subject for years
-- ARGV[6]   for how many seconds the moments are kept after the last
-- ARGV[7]   the envelope
-- Returns 0 when another leads, 1 when it was pushed, 2 when it was sent before.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local last = tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or '-1')
local ahead = last - ARGV[3]
if last >= 0 and ahead >= 0 and ahead <= tonumber(ARGV[5]) then return 2 end
redis.call('LPUSH', KEYS[3], ARGV[7])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[6])
local most = tonumber(ARGV[4])
if most < 0 then
  for i = 4, #KEYS do redis.call('LPUSH', KEYS[i], ARGV[7]) end
  return 1
end
local excess = -most
for i = 3, #KEYS do excess = excess + redis.call('LLEN', KEYS[i]) end
-- As in push.lua: the list that grew is cut first, then the others, and the new message only when nothing else is left.
local function cut(key, count)
  count = math.min(excess, count)
  if count <= 0 then return end
  redis.call('LTRIM', key, 0, -count - 1)
  excess = excess - count
end
if excess > 0 then
  cut(KEYS[3], redis.call('LLEN', KEYS[3]) - 1)
  for i = 4, #KEYS do cut(KEYS[i], redis.call('LLEN', KEYS[i])) end
  cut(KEYS[3], redis.call('LLEN', KEYS[3]))
end
return 1
