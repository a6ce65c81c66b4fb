-- Registers a holder, or renews its lease. Run by every consumer on (re)connecting and every third of its lease.
-- KEYS[1] leases   zset: holder -> Unix time at which its lease ends
-- KEYS[2] holders  hash: holder -> epoch; a holder may take only under this epoch
-- ARGV[1] holder
-- ARGV[2] epoch, empty to leave it; grows with every reconnect after a take whose answer was lost, so that such a take is refused should the server see it late
-- ARGV[3] lease in seconds
-- ARGV[4] '1' for a new holder, '0' for one that must be there still
-- Returns 1, or 0 when the lease was lost: a sweeper has declared the holder dead, or the server has lost its data.
-- The clock is the server's: one clock for all workers, which no step of a worker's clock can move.
if ARGV[4] == '0' and not redis.call('HGET', KEYS[2], ARGV[1]) then return 0 end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] + time[2] / 1000000 + ARGV[3], ARGV[1])
if ARGV[2] ~= '' then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
return 1
