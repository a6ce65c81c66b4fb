-- Removes messages that everybody has had time to read.
-- The outer condition is for a row that somebody renews while this waits for it: it is looked at again then.
-- @limit  how many at most
delete from celerynet.broadcast where expires < $now and id in (select id from celerynet.broadcast where expires < $now order by id limit @limit)
