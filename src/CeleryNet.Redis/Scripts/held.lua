-- Counts what workers hold, page by page.
-- KEYS[1] unacked  hash: tag -> [envelope, exchange, routing key], as kombu
-- ARGV[1] cursor, '0' at first
-- ARGV[2] about how many entries to look at
-- ARGV[3] what the tags of parked messages begin with; nobody holds those
-- Returns the next cursor, '0' at the end; then a flat list: what follows the envelope, such as ,"","celery", and how many entries end with it; and so on.
-- Only the ends of the entries leave the server, since envelopes may be large. They end with the last brace.
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local counts = {}
for i = 1, #page[2], 2 do
  if string.sub(page[2][i], 1, #ARGV[3]) ~= ARGV[3] then
    local ending = string.match(page[2][i + 1], '.*}(.*)%]$')
    if ending then counts[ending] = (counts[ending] or 0) + 1 end
  end
end
local found = { page[1] }
for ending, count in pairs(counts) do
  found[#found + 1] = ending
  found[#found + 1] = count
end
return found
