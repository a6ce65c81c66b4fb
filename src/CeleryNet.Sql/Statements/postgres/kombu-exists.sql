-- True when the tables of kombu's SQL transport are there, where a connection of this user finds them. No parameters.
select to_regclass('kombu_queue') is not null and to_regclass('kombu_message') is not null
