-- True when both tables of Celery's database backend are there. No parameters.
select to_regclass('celery_taskmeta') is not null and to_regclass('celery_tasksetmeta') is not null
