-- Takes back what was not renewed.
-- @name  what is counted together
delete from celerynet.permit where name = @name and expires <= $now
