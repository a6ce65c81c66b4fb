-- How far a batch is. It looks at every part, of which C# workers keep about a hundred bytes each.
-- KEYS[1] parts: Celery's '.j', a zset or a list
-- KEYS[2] members added: Celery's '.t'
-- KEYS[3] size of the header: Celery's '.s'; gone when the batch has ended
-- KEYS[4] ids of members added, ours; Python's own members are not in it, but nor does Python delete it
-- ARGV[1] id of the member that closes the batch as JSON text; it is not counted
-- Returns members added, ended, failed, then 1 or 0: whether the batch is closed, whether it still counts.
local kind = redis.call('TYPE', KEYS[1]).ok
local parts = kind == 'zset' and redis.call('ZRANGE', KEYS[1], 0, -1) or kind == 'list' and redis.call('LRANGE', KEYS[1], 0, -1) or {}
local added = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), redis.call('SCARD', KEYS[4]))
local counting = redis.call('EXISTS', KEYS[3])
-- A Python worker that ended a batch without failures has deleted the parts.
if counting == 0 and #parts == 0 then return { added, added, 0, 0, 0 } end
local seen, ended, failed, closed = {}, 0, 0, 0
for i = 1, #parts do
  local id, state = string.match(parts[i], '^%s*%[%s*1%s*,%s*("[^"]*")%s*,%s*"([^"]*)"')
  id = id or parts[i]
  if id == ARGV[1] then closed = 1
  elseif not seen[id] then
    seen[id] = true
    ended = ended + 1
    if state ~= 'SUCCESS' then failed = failed + 1 end
  end
end
return { added, ended, failed, closed, counting }
