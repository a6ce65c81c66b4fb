-- Gives a permit back.
-- @name    what is counted together
-- @holder  who
delete from celerynet.permit where name = @name and holder = @holder
