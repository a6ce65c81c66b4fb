-- True when the tables of kombu's SQL transport are there. No parameters.
select count(*) = 2 from sqlite_master where type = 'table' and name in ('kombu_queue', 'kombu_message')
