-- Sets a key of a chord or of a group as Celery sets it.
-- KEYS[1] the key; it is also the channel
-- ARGV[1] value
-- ARGV[2] seconds to keep it, '0' for ever
if ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1])
else redis.call('SETEX', KEYS[1], ARGV[2], ARGV[1]) end
redis.call('PUBLISH', KEYS[1], ARGV[1])
return 1
