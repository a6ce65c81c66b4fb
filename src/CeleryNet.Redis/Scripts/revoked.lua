-- Reads the revocations that are still kept, and removes the others.
-- KEYS[1] revoked  zset: revocation -> Unix time until which it is kept
-- ARGV[1] how many at most
-- Returns a flat list: revocation, seconds it is still kept; and so on, the newest first.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local kept = redis.call('ZREVRANGE', KEYS[1], 0, ARGV[1] - 1, 'WITHSCORES')
for i = 2, #kept, 2 do kept[i] = string.format('%.6f', kept[i] - now) end
return kept
