-- Nothing to lock: a transaction that writes is the only one.
-- @name  what would be locked
select @name
