-- A queue as it was declared first.
-- @name  its name
select definition, max_length from celerynet.queue where name = @name
