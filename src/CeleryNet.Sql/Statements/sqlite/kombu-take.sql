-- Takes the oldest messages of a queue out of kombu's table. Taken ones stay there in kombu's way of working, invisible; here they go.
-- @queue  name of the queue
-- @limit  how many at most
delete from kombu_message
where id in (select m.id from kombu_message m join kombu_queue q on q.id = m.queue_id where q.name = @queue and m.visible order by m.id limit @limit)
returning id, payload
