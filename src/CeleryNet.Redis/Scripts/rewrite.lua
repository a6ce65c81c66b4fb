-- Replaces a held message.
-- KEYS[1] unacked  hash: tag -> [envelope, exchange, routing key]
-- KEYS[2] holders  hash: holder -> epoch
-- ARGV[1] holder
-- ARGV[2] tag
-- ARGV[3] the new value of the hash
-- Returns 1; 0 when the message is not there any more; false when the holder is not known any more.
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return false end
if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 1
