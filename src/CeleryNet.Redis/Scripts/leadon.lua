-- Leads on, or ends the term.
-- KEYS[1] lease    string: token and holder of the term
-- ARGV[1] what it must be
-- ARGV[2] duration in milliseconds from now; 0 ends the term
-- Returns 1, or 0 when the term is over.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
