-- The version of the tables. No parameters.
select max(version) from celerynet.schema_version
