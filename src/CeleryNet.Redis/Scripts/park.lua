-- Moves held messages to tags that belong to no holder, until their time has come. They stay in unacked all the time, so that nothing is lost with their worker.
-- KEYS[1] unacked        hash: tag -> [envelope, exchange, routing key], as kombu
-- KEYS[2] unacked_index  zset: tag -> Unix time of delivery; a parked one has its due time there, so that a peer that knows nothing of parking returns it a visibility timeout later
-- KEYS[3] holders        hash: holder -> epoch
-- KEYS[4] parked         zset: tag -> due time; what due.lua looks at
-- ARGV[1] holder
-- ARGV[2..] per message: its tag, its tag while it is parked, due as Unix time
-- Returns false when the holder is not known any more, else how many were moved. A message that is not there was parked before, by a call whose answer was lost: while the
-- holder has its lease, nobody else takes what it holds.
-- The copy comes before the removal: if it is refused (memory is full), nothing has happened.
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then return false end
local moved = 0
for i = 2, #ARGV, 3 do
  local tag, parked, due = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local entry = redis.call('HGET', KEYS[1], tag)
  if entry then
    redis.call('HSET', KEYS[1], parked, entry)
    redis.call('ZADD', KEYS[2], due, parked)
    redis.call('ZADD', KEYS[4], due, parked)
    redis.call('HDEL', KEYS[1], tag)
    redis.call('ZREM', KEYS[2], tag)
    moved = moved + 1
  end
end
return moved
