-- In how many microseconds a rate grants the next one; null before the first.
-- @name  what is counted together
select next - $now * 1000 from celerynet.rate where name = @name
