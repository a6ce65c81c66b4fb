-- Stores the result of a task that has succeeded, tells who waits, publishes what follows it and forgets its message: in one step, so that there is no moment in between.
-- KEYS[1] unacked        hash: tag -> [envelope, exchange, routing key], as kombu
-- KEYS[2] unacked_index  zset: tag -> Unix time of delivery, as kombu
-- KEYS[3] holders        hash: holder -> epoch
-- KEYS[4] the result; it is also the channel
-- KEYS[5] the list that the message goes to
-- KEYS[6..] the queue's other lists
-- ARGV[1] the document; '' when no result is stored
-- ARGV[2] seconds to keep it, '0' for ever
-- ARGV[3] the envelope
-- ARGV[4] tag of the task's own message; '' when it is not forgotten here
-- ARGV[5] holder that takes the message when all lists are empty; '' for nobody
-- ARGV[6] epoch of the holder
-- ARGV[7] tag under which the holder takes it
-- ARGV[8] what follows the envelope in the hash, such as ,"","celery"]
-- Returns 1 when the holder has taken the message, 0 when it is in the list.
-- What may be refused because memory is full comes first: the first write finds out, and then nothing has happened.
local time = redis.call('TIME')

-- A SUCCESS that is there already stays, see store.lua.
local function isSuccess(old)
  if string.find(old, '^%s*{%s*"status"%s*:%s*"') then return string.find(old, '^%s*{%s*"status"%s*:%s*"SUCCESS"') ~= nil end
  local readable, content = pcall(cjson.decode, old)
  return readable and type(content) == 'table' and content['status'] == 'SUCCESS'
end

local document = ARGV[1]
if document ~= '' then
  local old = redis.call('GET', KEYS[4])
  if not (old and isSuccess(old)) then
    if ARGV[2] == '0' then redis.call('SET', KEYS[4], document)
    else redis.call('SETEX', KEYS[4], ARGV[2], document) end
    redis.call('PUBLISH', KEYS[4], document)
  end
end

local taken = 0
if ARGV[5] ~= '' and redis.call('HGET', KEYS[3], ARGV[5]) == ARGV[6] and redis.call('EXISTS', unpack(KEYS, 5)) == 0 then
  redis.call('HSET', KEYS[1], ARGV[7], '[' .. ARGV[3] .. ARGV[8])
  redis.call('ZADD', KEYS[2], time[1] .. '.' .. string.format('%06d', time[2]), ARGV[7])
  taken = 1
else
  redis.call('LPUSH', KEYS[5], ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('ZREM', KEYS[2], ARGV[4])
  redis.call('HDEL', KEYS[1], ARGV[4])
end
return taken
