-- Removes messages that everybody has had time to read.
-- @limit  how many at most
delete from celerynet.broadcast where id in (select id from celerynet.broadcast where expires < $now order by id limit @limit)
