-- True when both tables of Celery's database backend are there. No parameters.
select count(*) = 2 from sqlite_master where type = 'table' and name in ('celery_taskmeta', 'celery_tasksetmeta')
