-- The type of an exchange.
-- @name  its name
select type from celerynet.exchange where name = @name
