-- Counts the parked messages of a queue, page by page.
-- KEYS[1] parked  zset: tag -> due time
-- ARGV[1] cursor, '0' at first
-- ARGV[2] about how many tags to look at
-- ARGV[3] what the tags begin with; the holder and the number, the step, a length and the queue follow, see due.lua
-- ARGV[4] the queue
-- Returns the next cursor, '0' at the end, and how many there are on this page.
local page = redis.call('ZSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local count = 0
for i = 1, #page[2], 2 do
  if string.match(page[2][i], '^[^:]*:%d+:%d+:(.*)$', #ARGV[3] + 1) == ARGV[4] then count = count + 1 end
end
return { page[1], count }
