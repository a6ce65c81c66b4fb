-- Forgets messages. Harmless when they are gone already.
-- KEYS[1] unacked        hash
-- KEYS[2] unacked_index  zset
-- ARGV    tags
-- Returns how many were there.
redis.call('ZREM', KEYS[2], unpack(ARGV))
return redis.call('HDEL', KEYS[1], unpack(ARGV))
