-- Takes the oldest messages of a queue out of kombu's table; what a Python worker is taking at the moment is its own. Taken ones stay there in kombu's way of working, invisible; here they go.
-- @queue  name of the queue
-- @limit  how many at most
with chosen as (
  select m.id from kombu_message m join kombu_queue q on q.id = m.queue_id where q.name = @queue and m.visible order by m.id limit @limit for update of m skip locked
)
delete from kombu_message m using chosen where m.id = chosen.id returning m.id, m.payload
