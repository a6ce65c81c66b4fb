-- Returns what ended sessions held to its queues; it counts as delivered.
-- @consumers  ids of the sessions
update celerynet.message set consumer = null where consumer $any(@consumers) returning queue
