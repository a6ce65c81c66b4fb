-- Removes rates that have not granted anything for an hour after their last spacing was over.
-- @limit  how many at most
delete from celerynet.rate where name in (select name from celerynet.rate where next < ($now - 3600000) * 1000 limit @limit)
