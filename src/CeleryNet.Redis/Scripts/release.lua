-- Gives back held permits.
-- KEYS[i]  the permit of each lease, zset: holder -> Unix time at which its lease ends
-- ARGV[i]  its holder
for i = 1, #KEYS do redis.call('ZREM', KEYS[i], ARGV[i]) end
return 1
