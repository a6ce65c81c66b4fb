-- Not null when the tables were ever created. No parameters.
select to_regclass('celerynet.schema_version')::text
