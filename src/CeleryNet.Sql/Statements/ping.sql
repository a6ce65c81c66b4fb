-- A sign of life. No parameters.
select 1
