-- The tables of Celery's database backend, as SQLAlchemy makes them: it takes ids from the sequences itself.
create sequence if not exists task_id_sequence;
create sequence if not exists taskset_id_sequence;
create table if not exists celery_taskmeta (
  id integer not null primary key,
  task_id varchar(155) unique,
  status varchar(50),
  result bytea,
  date_done timestamp without time zone,
  traceback text,
  name varchar(155),
  args bytea,
  kwargs bytea,
  worker varchar(155),
  retries integer,
  queue varchar(155)
);
create table if not exists celery_tasksetmeta (
  id integer not null primary key,
  taskset_id varchar(155) unique,
  result bytea,
  date_done timestamp without time zone
);
