-- Keeps others from migrating the same schema until the transaction ends.
-- @schema  name of the schema
select pg_advisory_xact_lock(hashtextextended('celerynet:' || @schema, 0))
