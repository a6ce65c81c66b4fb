-- Keeps how far entries have come. Progress only grows: a beat that was stopped for a while and no longer leads changes nothing.
-- KEYS[1] entries   hash: name -> entry
-- KEYS[2] progress  hash: name -> '<last run, Unix milliseconds> <runs in all> <progress>'
-- ARGV    names, last runs, runs in all and progresses in turn
-- Returns how many were kept.
local count = 0
for i = 1, #ARGV, 4 do
  local known = redis.call('HGET', KEYS[2], ARGV[i]) or '-1 0 '
  local last, total = string.match(known, '^(%-?%d+) (%d+) ')
  local ahead = ARGV[i + 1] - last
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 and (ahead > 0 or (ahead == 0 and ARGV[i + 2] - total >= 0)) then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1] .. ' ' .. ARGV[i + 2] .. ' ' .. ARGV[i + 3])
    count = count + 1
  end
end
return count
