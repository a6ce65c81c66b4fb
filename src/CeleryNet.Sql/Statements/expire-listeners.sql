-- Removes those who listened and died.
-- The outer condition is for a row that somebody renews while this waits for it: it is looked at again then.
-- @limit  how many at most
delete from celerynet.listener where alive_until < $now and id in (select id from celerynet.listener where alive_until < $now limit @limit)
