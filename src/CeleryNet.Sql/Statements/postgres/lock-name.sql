-- Keeps other transactions from the same name until this one ends.
-- @name  what is locked
select pg_advisory_xact_lock(hashtextextended('celerynet.' || @name, 0))
