-- Which of some queues there are.
-- @names  their names
select name from celerynet.queue where name $any(@names)
