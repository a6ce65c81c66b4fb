-- Moves messages from unacked back to their lists. Each is returned exactly once, however many peers try: only who finds the entry moves it.
-- KEYS[1] unacked        hash
-- KEYS[2] unacked_index  zset
-- KEYS[3] parked         zset; a parked message may be among them
-- KEYS[4..] the lists, per message in the order of ARGV
-- ARGV[1] 'head' to be taken next (RPUSH), 'tail' to be taken last (LPUSH)
-- ARGV[2] only those taken at least so many seconds ago; '0' for all
-- ARGV[3..] per message: tag, envelope, how many of KEYS are its lists; 0 for a tag that seemed to have no message
-- Returns how many were moved.
-- The push comes before the removal: if it is refused (memory is full), the message stays where it is.
local push = ARGV[1] == 'head' and 'RPUSH' or 'LPUSH'
local age = tonumber(ARGV[2])
local time = redis.call('TIME')
local ceiling = time[1] + time[2] / 1000000 - age
local key, moved = 4, 0
for i = 3, #ARGV, 3 do
  local tag, lists = ARGV[i], tonumber(ARGV[i + 2])
  if redis.call('HEXISTS', KEYS[1], tag) == 0 then
    redis.call('ZREM', KEYS[2], tag)
    redis.call('ZREM', KEYS[3], tag)
  elseif lists > 0 and (age == 0 or tonumber(redis.call('ZSCORE', KEYS[2], tag) or 0) <= ceiling) then
    for j = key, key + lists - 1 do redis.call(push, KEYS[j], ARGV[i + 1]) end
    redis.call('HDEL', KEYS[1], tag)
    redis.call('ZREM', KEYS[2], tag)
    redis.call('ZREM', KEYS[3], tag)
    moved = moved + 1
  end
  key = key + lists
end
return moved
