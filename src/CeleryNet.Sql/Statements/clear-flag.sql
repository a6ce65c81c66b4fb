-- Takes a flag away.
-- @name  its name
delete from celerynet.flag where name = @name
