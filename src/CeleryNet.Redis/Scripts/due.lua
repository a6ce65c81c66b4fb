-- Hands parked messages whose time has come back to the head of their lists, unmarked: nobody has run them. Each goes back once, however many consumers ask.
-- KEYS[1] unacked        hash: tag -> [envelope, exchange, routing key]
-- KEYS[2] unacked_index  zset: tag -> Unix time
-- KEYS[3] parked         zset: tag -> due time
-- ARGV[1] up to which due time; '' for now. A round of several calls keeps the first one's, so that it ends, and in the right order.
-- ARGV[2] how many at most
-- ARGV[3] what parked tags begin with; priority step, length of what follows the envelope in the hash, and queue follow: <id>:<step>:<length>:<queue>
-- ARGV[4] what every key begins with
-- ARGV[5] what stands between queue and step
-- Returns how many were looked at, the due time in force, seconds until the next one is due ('' when none is parked), and the first error ('' when there was none).
-- The lists are not among KEYS: only the tags tell them.
-- The last due is pushed first, so that the first one ends up at the head. The push comes before the removal: if it is refused (memory is full, the key is no list), the
-- message stays, and is looked at again later, so that it does not stand in the way of the others.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local ceiling = ARGV[1]
if ceiling == '' then ceiling = time[1] .. '.' .. string.format('%06d', time[2]) end
local failure = ''
local tags = redis.call('ZREVRANGEBYSCORE', KEYS[3], ceiling, '-inf', 'LIMIT', 0, ARGV[2])
for _, tag in ipairs(tags) do
  local entry = redis.call('HGET', KEYS[1], tag)
  local step, length, queue
  if entry then step, length, queue = string.match(tag, '^[^:]*:(%d+):(%d+):(.*)$', #ARGV[3] + 1) end
  if not step then
    -- A peer has returned it after the visibility timeout; or the tag is not of our making, and that timeout returns it.
    redis.call('ZREM', KEYS[3], tag)
    if not entry then redis.call('ZREM', KEYS[2], tag) end
  else
    local list = ARGV[4] .. queue
    if step ~= '0' then list = list .. ARGV[5] .. step end
    local pushed = redis.pcall('RPUSH', list, string.sub(entry, 2, -1 - length))
    if type(pushed) == 'table' and pushed.err then
      if failure == '' then failure = pushed.err end
      redis.pcall('ZADD', KEYS[3], 'XX', now + 5, tag)
    else
      redis.call('HDEL', KEYS[1], tag)
      redis.call('ZREM', KEYS[2], tag)
      redis.call('ZREM', KEYS[3], tag)
    end
  end
end
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
local wait = ''
if first[2] then wait = string.format('%.6f', math.min(first[2] - now, 86400)) end
return { #tags, ceiling, wait, failure }
