-- Ends a holder that has returned what it held.
-- KEYS[1] leases   zset
-- KEYS[2] holders  hash
-- KEYS[3] dead     set; the holder goes there when something of it may be left, so that the next sweep looks
-- ARGV[1] holder
-- ARGV[2] '1' when something may be left
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
if ARGV[2] == '1' then redis.call('SADD', KEYS[3], ARGV[1]) end
return 1
