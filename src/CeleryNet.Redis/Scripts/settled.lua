-- Forgets messages of one holder. Harmless when they are gone already.
-- KEYS[1] unacked        hash
-- KEYS[2] unacked_index  zset
-- ARGV[1] what the holder's tags begin with
-- ARGV[2..] their numbers, at least one: the client sends them without making a text of each tag
-- Returns how many were there.
local tags = {}
for i = 2, #ARGV do tags[i - 1] = ARGV[1] .. ARGV[i] end
redis.call('ZREM', KEYS[2], unpack(tags))
return redis.call('HDEL', KEYS[1], unpack(tags))
