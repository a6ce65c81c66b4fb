-- The tables of Celery's database backend, as SQLAlchemy makes them.
create table if not exists celery_taskmeta (
  id integer not null primary key autoincrement,
  task_id varchar(155),
  status varchar(50),
  result blob,
  date_done datetime,
  traceback text,
  name varchar(155),
  args blob,
  kwargs blob,
  worker varchar(155),
  retries integer,
  queue varchar(155),
  unique (task_id)
);
create table if not exists celery_tasksetmeta (
  id integer not null primary key autoincrement,
  taskset_id varchar(155),
  result blob,
  date_done datetime,
  unique (taskset_id)
);
