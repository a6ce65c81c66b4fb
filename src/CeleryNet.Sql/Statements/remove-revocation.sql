-- Forgets a revocation.
-- @name   what kind
-- @value  the task or the stamp's value
delete from celerynet.revocation where name = @name and value = @value
