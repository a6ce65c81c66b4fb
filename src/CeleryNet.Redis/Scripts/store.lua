-- Stores results and tells who waits. A SUCCESS that is there already stays, as in Celery, but here without a gap between reading and writing.
-- KEYS    one per result; it is also the channel
-- ARGV[1] seconds to keep them, '0' for ever
-- ARGV[2..] the documents, in the order of KEYS
-- Returns how many were written.
-- The first write of a task finds no key, so SET NX succeeds and nothing has to be read.
local written = 0
for i = 1, #KEYS do
  local key, document = KEYS[i], ARGV[i + 1]
  local first
  if ARGV[1] == '0' then first = redis.call('SET', key, document, 'NX')
  else first = redis.call('SET', key, document, 'NX', 'EX', ARGV[1]) end
  local write = true
  if not first then
    local old = redis.call('GET', key)
    -- Celery and CeleryNet write the status first; another writer's document is read as a whole.
    if string.find(old, '^%s*{%s*"status"%s*:%s*"') then write = not string.find(old, '^%s*{%s*"status"%s*:%s*"SUCCESS"')
    else
      local readable, content = pcall(cjson.decode, old)
      write = not (readable and type(content) == 'table' and content['status'] == 'SUCCESS')
    end
    if write then
      if ARGV[1] == '0' then redis.call('SET', key, document)
      else redis.call('SETEX', key, ARGV[1], document) end
    end
  end
  if write then
    redis.call('PUBLISH', key, document)
    written = written + 1
  end
end
return written
