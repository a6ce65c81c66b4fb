-- Version 1. All moments are milliseconds since 1970 by the clock of the machine.
create table celerynet.schema_version (version integer not null primary key, applied integer not null);

-- Queues as they were declared first. definition: durability and arguments as JSON; the rest is what rejecting and bounding need of it.
create table celerynet.queue (
  name text not null primary key,
  definition text not null,
  dead_exchange text,
  dead_key text,
  max_length integer
) without rowid;

create table celerynet.exchange (name text not null primary key, type text not null) without rowid;
create table celerynet.binding (exchange text not null, routing_key text not null, queue text not null, primary key (exchange, routing_key, queue)) without rowid;

-- Who takes messages. One row per session of a consumer; the row is the lease of everything the session holds.
create table celerynet.consumer (id integer primary key autoincrement, node text not null, alive_until integer not null);

-- A message is held (consumer is not null), delayed (due is not null) or ready. Ids grow, so they are the order within a priority. deliveries counts how often it was handed out.
create table celerynet.message (
  id integer primary key autoincrement,
  queue text not null,
  priority integer not null,
  deliveries integer not null default 0,
  consumer integer,
  due integer,
  expires integer,
  content blob not null
);
create index celerynet_message_ready on celerynet.message (queue, priority desc, id) where consumer is null and due is null;
create index celerynet_message_delayed on celerynet.message (queue, due) where consumer is null and due is not null;
create index celerynet_message_held on celerynet.message (consumer) where consumer is not null;

-- The newest state of a task, as Celery's result document. version grows with every state stored.
create table celerynet.result (task_id text not null primary key, state text not null, version integer not null, expires integer, document blob not null);
create index celerynet_result_expires on celerynet.result (expires) where expires is not null;

-- Chords that have not ended. size: members of the header, null until it is known; added: members that came later; counted: those that have ended; sender, run and claimed: who ends the chord, and since when.
create table celerynet.chord (
  id text not null primary key, size integer, added integer not null, counted integer not null, sender text, run text, claimed integer, expires integer
) without rowid;
create index celerynet_chord_expires on celerynet.chord (expires) where expires is not null;

-- Members that came later or have ended. place: in the header, null behind all others; part: null until it has ended.
create table celerynet.chord_member (
  chord text not null, task_id text not null, is_added integer not null, place integer, part blob, primary key (chord, task_id)
) without rowid;

-- Groups that were saved: the result tuple as JSON.
create table celerynet.saved_group (id text not null primary key, expires integer, tuple blob not null);
create index celerynet_saved_group_expires on celerynet.saved_group (expires) where expires is not null;

-- Names that are set; expires is null for ever.
create table celerynet.flag (name text not null primary key, expires integer) without rowid;

-- What one of many leads. A row stays when nobody leads, so that the token goes on growing.
create table celerynet.lease (name text not null primary key, holder text not null, token integer not null, until integer not null) without rowid;

-- For which moment something was sent last under a lease, in ticks.
create table celerynet.sent (subject text not null primary key, moment integer not null) without rowid;

-- What was revoked: name is '-' for a task, '+' and the stamp else. A later id is newer.
create table celerynet.revocation (id integer primary key autoincrement, name text not null, value text not null, expires integer not null, unique (name, value));

-- Keys that belong to one task each.
create table celerynet.unique_key (name text not null primary key, task_id text not null, expires integer not null) without rowid;
create index celerynet_unique_key_expires on celerynet.unique_key (expires);

-- Permits of a concurrency in somebody's hands, and the next grant of each rate, in microseconds.
create table celerynet.permit (name text not null, holder text not null, expires integer not null, primary key (name, holder)) without rowid;
create table celerynet.rate (name text not null primary key, next integer not null) without rowid;

-- The schedules of beats. Moments in ticks; last_run is null before the first run.
create table celerynet.schedule (beat text not null primary key, version integer not null) without rowid;
create table celerynet.entry (
  beat text not null, name text not null, definition text not null, since integer not null, origin integer not null,
  last_run integer, last_sent integer, total_runs integer, primary key (beat, name)
) without rowid;

-- Messages to whoever listens at the moment, and who listens to which exchange.
create table celerynet.broadcast (id integer primary key autoincrement, exchange text not null, routing_key text not null, expires integer not null, content blob not null);
create index celerynet_broadcast_exchange on celerynet.broadcast (exchange, id);
create table celerynet.listener (id text not null primary key, exchange text not null, routing_key text not null, alive_until integer not null) without rowid;

-- Messages for another broker, written by the application's transactions and sent by the relay in the order of their ids.
create table celerynet.outbox (id integer primary key autoincrement, exchange text not null, routing_key text not null, queue text, content blob not null);

insert into celerynet.schema_version (version, applied) values (1, cast(unixepoch('subsec') * 1000 as integer));
