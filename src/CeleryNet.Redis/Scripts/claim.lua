-- Declares holders dead whose lease has ended: from now on they can neither take nor renew.
-- KEYS[1] leases   zset: holder -> Unix time at which its lease ends
-- KEYS[2] holders  hash: holder -> epoch
-- KEYS[3] dead     set of holders whose messages have still to be returned
-- ARGV[1] '1' to declare, '0' only to read
-- Returns the dead holders. They stay in the set until all their messages are returned, so a sweeper that dies halfway is replaced by the next.
if ARGV[1] == '1' then
  local time = redis.call('TIME')
  for _, holder in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time[1] + time[2] / 1000000, 'LIMIT', 0, 100)) do
    redis.call('SADD', KEYS[3], holder)
    redis.call('ZREM', KEYS[1], holder)
    redis.call('HDEL', KEYS[2], holder)
  end
end
return redis.call('SMEMBERS', KEYS[3])
