-- Removes those who listened and died.
-- @limit  how many at most
delete from celerynet.listener where id in (select id from celerynet.listener where alive_until < $now limit @limit)
