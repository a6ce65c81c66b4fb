-- What is revoked, the newest first, and for how many milliseconds it is kept.
-- @limit  how many at most
select name, value, expires - $now from celerynet.revocation where expires > $now order by id desc limit @limit
