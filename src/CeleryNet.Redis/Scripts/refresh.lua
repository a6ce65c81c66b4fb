-- Keeps the scores of held messages fresh, so that no peer's visibility timeout ends while their holder lives. Entries that are gone are not added again.
-- KEYS[1] unacked_index  zset
-- ARGV    tags
local time = redis.call('TIME')
local now = time[1] .. '.' .. string.format('%06d', time[2])
local scores = {}
for i = 1, #ARGV do
  scores[2 * i - 1] = now
  scores[2 * i] = ARGV[i]
end
return redis.call('ZADD', KEYS[1], 'XX', unpack(scores))
