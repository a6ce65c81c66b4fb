-- Begins to lead, if nobody does.
-- KEYS[1] lease    string: token and holder of the term; it expires with the term
-- KEYS[2] tokens   string: the last token given
-- ARGV[1] holder
-- ARGV[2] duration in milliseconds
-- Returns the token, or 0 while another leads.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[1], 'PX', ARGV[2])
return token
