-- Keeps entries of a schedule, or removes one.
-- KEYS[1] entries   hash: name -> entry
-- KEYS[2] progress  hash: name -> how far it has come
-- KEYS[3] version   string: counts the changes
-- ARGV    'save' and names and entries in turn; or 'remove' and a name
-- Returns how many were saved or removed.
local count = 0
if ARGV[1] == 'save' then
  for i = 2, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    count = count + 1
  end
else
  count = redis.call('HDEL', KEYS[1], ARGV[2])
  redis.call('HDEL', KEYS[2], ARGV[2])
end
if count > 0 then redis.call('INCR', KEYS[3]) end
return count
