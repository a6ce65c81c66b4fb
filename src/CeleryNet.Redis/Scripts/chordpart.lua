-- Counts a member of a chord that has ended, as Celery does, but each member once, and says whether this one is to send the body.
-- KEYS[1] parts: Celery's '.j', a zset by place in the header, or a list where result_chord_ordered is off
-- KEYS[2] members added later: Celery's '.t'
-- KEYS[3] size of the header: Celery's '.s'
-- KEYS[4] ids of members added later, ours
-- KEYS[5] size, member and run that send the body, ours; short-lived, and void when the header has grown since
-- KEYS[6] size and member that send the body, ours; void likewise
-- ARGV[1] id of the member as JSON text
-- ARGV[2] its place, '+inf' without
-- ARGV[3] its part
-- ARGV[4] seconds to keep all, '0' for ever
-- ARGV[5] what the parts are while there are none: 'zset' or 'list'
-- ARGV[6] milliseconds for which one run alone sends the body
-- ARGV[7] the run of the member
-- ARGV[8] the least size of the header, '0' when it is not known: a smaller one is wrong and raised
-- Returns the parts in order when this run sends the body, 'being ended' alone while another run of the same member does, else nil.
-- The parts stay until the body is sent: should the sender be lost, its message comes to any worker again, of Python or of C#, and each finds the chord complete.
local function idOf(part) return string.match(part, '^%s*%[%s*1%s*,%s*("[^"]*")') end
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then kind = ARGV[5] end
local sorted = kind == 'zset'

-- Places are not unique: members that were added share one, and old producers send none.
local near = sorted and redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[2], ARGV[2]) or redis.call('LRANGE', KEYS[1], 0, -1)
local known = false
for i = 1, #near do
  if idOf(near[i]) == ARGV[1] then
    known = true
    break
  end
end
if not known then
  if sorted then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
  else redis.call('RPUSH', KEYS[1], ARGV[3]) end
end
if ARGV[4] ~= '0' then
  for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[4]) end
end

local size = redis.call('GET', KEYS[3])
if not size then return false end
if tonumber(size) < tonumber(ARGV[8]) then
  size = ARGV[8]
  if ARGV[4] ~= '0' then redis.call('SETEX', KEYS[3], ARGV[4], size) else redis.call('SET', KEYS[3], size) end
end
local total = tonumber(size) + tonumber(redis.call('GET', KEYS[2]) or '0')
local count = sorted and redis.call('ZCARD', KEYS[1]) or redis.call('LLEN', KEYS[1])
if count < total then return false end
local parts = sorted and redis.call('ZRANGE', KEYS[1], 0, -1) or redis.call('LRANGE', KEYS[1], 0, -1)
-- A Python worker counts a member that ran twice with different results twice.
local seen, kept = {}, {}
for i = 1, #parts do
  local id = idOf(parts[i]) or parts[i]
  if not seen[id] then
    seen[id] = true
    kept[#kept + 1] = parts[i]
  elseif sorted then redis.call('ZREM', KEYS[1], parts[i])
  else redis.call('LREM', KEYS[1], -1, parts[i]) end
end
if #kept < total then return false end
local sender = redis.call('GET', KEYS[5])
local member = total .. ' ' .. ARGV[1]
local own = member .. ' ' .. ARGV[7]
local current = total .. ' '
-- Its message comes again if its worker is lost, so other members that come again leave it alone.
local last = redis.call('GET', KEYS[6])
if last and last ~= member and string.sub(last, 1, #current) == current then return false end
if sender and sender ~= own and string.sub(sender, 1, #current) == current then return { 'being ended' } end
redis.call('SET', KEYS[5], own, 'PX', ARGV[6])
if ARGV[4] ~= '0' then redis.call('SETEX', KEYS[6], ARGV[4], member) else redis.call('SET', KEYS[6], member) end
return kept
