-- Moves a held message to another list under a new envelope, with the body that a worker was not given; see take.lua.
-- KEYS[1] unacked        hash: tag -> [envelope, exchange, routing key]
-- KEYS[2] unacked_index  zset
-- KEYS[3] the list
-- ARGV[1] tag
-- ARGV[2] the new envelope, which begins with {"body":""
-- Returns 1; 0 when the message is not there any more: it was moved before, or somebody else has it.
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry then return 0 end
local first = string.match(entry, '^%[{"body": ?"()')
local last = first and string.find(entry, '"', first, true)
if not last then return redis.error_reply('ERR the message of tag ' .. ARGV[1] .. ' does not begin with its body') end
local before = '{"body":"'
redis.call('LPUSH', KEYS[3], before .. string.sub(entry, first, last - 1) .. string.sub(ARGV[2], #before + 1))
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
