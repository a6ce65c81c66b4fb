-- A row when the tables were ever created. No parameters.
select name from sqlite_master where type = 'table' and name = 'celerynet_schema_version'
