-- Who holds permits.
-- @name  what is counted together
select holder from celerynet.permit where name = @name
