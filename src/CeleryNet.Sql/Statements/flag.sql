-- A row while a flag is set.
-- @name  its name
select name from celerynet.flag where name = @name and (expires is null or expires > $now)
