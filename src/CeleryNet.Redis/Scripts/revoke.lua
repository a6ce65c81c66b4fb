-- Keeps revocations for some time, the newest of them.
-- KEYS[1] revoked  zset: revocation -> Unix time until which it is kept
-- ARGV[1] how long, in seconds
-- ARGV[2] how many are kept at most
-- ARGV[3..] the revocations
-- The clock is the server's, see open.lua. The key itself goes with its last revocation.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local ends = now + ARGV[1]
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], ends, ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[2])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if last[2] then redis.call('EXPIREAT', KEYS[1], math.ceil(last[2]) + 1) end
return 1
