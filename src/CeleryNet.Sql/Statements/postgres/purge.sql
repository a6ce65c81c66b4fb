-- Removes ready messages of a queue; what somebody is taking at the moment stays with him.
-- @queue  name of the queue
-- @last   id of the last one that may go
-- @limit  how many at most
delete from celerynet.message
where id in (select id from celerynet.message where queue = @queue and consumer is null and due is null and id <= @last limit @limit for update skip locked)
