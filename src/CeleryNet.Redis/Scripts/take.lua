-- Takes messages and registers them as unacknowledged, in one step: there is no moment at which a message is in neither place.
-- KEYS[1] unacked        hash: tag -> [envelope, exchange, routing key], as kombu
-- KEYS[2] unacked_index  zset: tag -> Unix time of delivery, as kombu
-- KEYS[3] holders        hash: holder -> epoch
-- KEYS[4..] the lists, in the order in which they are to be emptied
-- ARGV[1] holder
-- ARGV[2] epoch
-- ARGV[3] how many messages at most, at least 1: less would mean all but so many, and more tags than are reserved
-- ARGV[4] what the tags begin with; a number follows
-- ARGV[5] number of the first tag
-- ARGV[6] how long a body's base64 is at most that is handed out; 0 for any
-- ARGV[7..] per list: what follows the envelope in the hash, such as ,"","celery"]
-- Returns false when the holder may not take any more, else a flat list: number of the list (from 0), how many of it, the envelopes; and so on. An envelope whose body is kept back has a number
-- before it, the length of that base64, and "" for the body.
-- Scores are by the server's clock, see open.lua; Python peers compare them with their own clock, to which a fleet of servers is kept in step anyway.
-- The copy into the hash comes before the removal from the list: if it is refused (memory is full), nothing has happened.
if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then return false end
local left = tonumber(ARGV[3])
if left < 1 then return redis.error_reply('ERR a take of ' .. left .. ' messages') end
local number = tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] .. '.' .. string.format('%06d', time[2])
local longest = tonumber(ARGV[6])
local taken = {}

-- The length of the body and the envelope without it, if it is as kombu and CeleryNet write it: the body first, in base64.
local function keepBody(envelope)
  local first = string.match(envelope, '^{"body": ?"()')
  local last = first and string.find(envelope, '"', first, true)
  if not last or last - first <= longest then return nil end
  local rest = string.sub(envelope, 1, first - 1) .. string.sub(envelope, last)
  if string.find(rest, '"body_encoding": ?"base64"') then return last - first, rest end
end

for i = 4, #KEYS do
  local envelopes = redis.call('LRANGE', KEYS[i], -left, -1)
  local count = #envelopes
  if count > 0 then
    local suffix = ARGV[i + 3]
    local entries, scores = {}, {}
    taken[#taken + 1] = i - 4
    taken[#taken + 1] = count
    for j = count, 1, -1 do
      local tag = ARGV[4] .. number
      number = number + 1
      entries[#entries + 1] = tag
      entries[#entries + 1] = '[' .. envelopes[j] .. suffix
      scores[#scores + 1] = now
      scores[#scores + 1] = tag
      local length, rest
      if longest > 0 and #envelopes[j] > longest then length, rest = keepBody(envelopes[j]) end
      if length then taken[#taken + 1] = length end
      taken[#taken + 1] = rest or envelopes[j]
    end
    redis.call('HSET', KEYS[1], unpack(entries))
    redis.call('ZADD', KEYS[2], unpack(scores))
    redis.call('LTRIM', KEYS[i], 0, -count - 1)
    left = left - count
    if left == 0 then break end
  end
end
return taken
