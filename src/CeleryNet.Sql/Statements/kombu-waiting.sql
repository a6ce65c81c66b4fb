-- Those of some queues for which something waits in kombu's tables.
-- @queues  their names
select q.name from kombu_queue q where q.name $any(@queues) and exists (select 1 from kombu_message m where m.queue_id = q.id and m.visible)
