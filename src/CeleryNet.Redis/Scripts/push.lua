-- Pushes messages to a queue of limited length and drops its oldest ones beyond the limit.
-- KEYS[1]   the list that is pushed to
-- KEYS[2..] the queue's other lists, the most urgent first
-- ARGV[1]   how many messages the queue may hold (argument x-max-length)
-- ARGV[2..] the envelopes; none, to cut what is there
-- Returns how many were dropped.
-- Which of two lists has the older message nobody knows: the list that grew is cut first, then the others, and the new messages only when nothing else is left.
if #ARGV > 1 then redis.call('LPUSH', KEYS[1], unpack(ARGV, 2)) end
local excess = -ARGV[1]
for i = 1, #KEYS do excess = excess + redis.call('LLEN', KEYS[i]) end
local dropped = 0
local function cut(key, most)
  local count = math.min(excess - dropped, most)
  if count <= 0 then return end
  redis.call('LTRIM', key, 0, -count - 1)
  dropped = dropped + count
end
if excess > 0 then
  cut(KEYS[1], redis.call('LLEN', KEYS[1]) - #ARGV + 1)
  for i = 2, #KEYS do cut(KEYS[i], redis.call('LLEN', KEYS[i])) end
  cut(KEYS[1], redis.call('LLEN', KEYS[1]))
end
return dropped
