-- Version 1. All moments are milliseconds since 1970 by the clock of the server.
create table celerynet.schema_version (version integer not null primary key, applied bigint not null);

-- Queues as they were declared first. definition: durability and arguments as JSON; the rest is what rejecting and bounding need of it.
create table celerynet.queue (
  name text not null primary key,
  definition text not null,
  dead_exchange text,
  dead_key text,
  max_length integer
);

create table celerynet.exchange (name text not null primary key, type text not null);
create table celerynet.binding (exchange text not null, routing_key text not null, queue text not null, primary key (exchange, routing_key, queue));

-- Who takes messages. One row per session of a consumer; the row is the lease of everything the session holds.
create table celerynet.consumer (id bigint generated always as identity primary key, node text not null, alive_until bigint not null);

-- A message is held (consumer is not null), delayed (due is not null) or ready. Ids grow, so they are the order within a priority. deliveries counts how often it was handed out.
-- Rows change once or twice and go: the table is to be vacuumed by what changed, not by its size.
create table celerynet.message (
  id bigint generated always as identity primary key,
  queue text not null,
  priority smallint not null,
  deliveries integer not null default 0,
  consumer bigint,
  due bigint,
  expires bigint,
  content bytea not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
alter table celerynet.message alter column content set storage external;
create index message_ready on celerynet.message (queue, priority desc, id) where consumer is null and due is null;
create index message_delayed on celerynet.message (queue, due) where consumer is null and due is not null;
create index message_held on celerynet.message (consumer) where consumer is not null;

-- The newest state of a task, as Celery's result document. version grows with every state stored.
create table celerynet.result (task_id text not null primary key, state text not null, version bigint not null, expires bigint, document bytea not null);
create index result_expires on celerynet.result (expires) where expires is not null;

-- Chords that have not ended. size: members of the header, null until it is known; added: members that came later; counted: those that have ended; sender, run and claimed: who ends the chord, and since when.
create table celerynet.chord (
  id text not null primary key, size integer, added integer not null, counted integer not null, sender text, run text, claimed bigint, expires bigint
);
create index chord_expires on celerynet.chord (expires) where expires is not null;

-- Members that came later or have ended. place: in the header, null behind all others; part: null until it has ended.
create table celerynet.chord_member (
  chord text not null, task_id text not null, is_added integer not null, place integer, part bytea, primary key (chord, task_id)
);

-- Groups that were saved: the result tuple as JSON.
create table celerynet.saved_group (id text not null primary key, expires bigint, tuple bytea not null);
create index saved_group_expires on celerynet.saved_group (expires) where expires is not null;

-- Names that are set; expires is null for ever.
create table celerynet.flag (name text not null primary key, expires bigint);

-- What one of many leads. A row stays when nobody leads, so that the token goes on growing.
create table celerynet.lease (name text not null primary key, holder text not null, token bigint not null, until bigint not null);

-- For which moment something was sent last under a lease, in ticks.
create table celerynet.sent (subject text not null primary key, moment bigint not null);

-- What was revoked: name is '-' for a task, '+' and the stamp else. A later id is newer.
create table celerynet.revocation (id bigint generated always as identity primary key, name text not null, value text not null, expires bigint not null, unique (name, value));

-- Keys that belong to one task each.
create table celerynet.unique_key (name text not null primary key, task_id text not null, expires bigint not null);
create index unique_key_expires on celerynet.unique_key (expires);

-- Permits of a concurrency in somebody's hands, and the next grant of each rate, in microseconds.
create table celerynet.permit (name text not null, holder text not null, expires bigint not null, primary key (name, holder));
create table celerynet.rate (name text not null primary key, next bigint not null);

-- The schedules of beats. Moments in ticks; last_run is null before the first run.
create table celerynet.schedule (beat text not null primary key, version bigint not null);
create table celerynet.entry (
  beat text not null, name text not null, definition text not null, since bigint not null, origin integer not null,
  last_run bigint, last_sent bigint, total_runs bigint, primary key (beat, name)
);

-- Messages to whoever listens at the moment, and who listens to which exchange.
create table celerynet.broadcast (id bigint generated always as identity primary key, exchange text not null, routing_key text not null, expires bigint not null, content bytea not null);
create index broadcast_exchange on celerynet.broadcast (exchange, id);
create table celerynet.listener (id text not null primary key, exchange text not null, routing_key text not null, alive_until bigint not null);

-- Messages for another broker, written by the application's transactions and sent by the relay in the order of their ids.
create table celerynet.outbox (id bigint generated always as identity primary key, exchange text not null, routing_key text not null, queue text, content bytea not null);

insert into celerynet.schema_version (version, applied) values (1, (extract(epoch from clock_timestamp()) * 1000)::bigint);
