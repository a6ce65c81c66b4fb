-- Adds an entry, or replaces it; how far it has come stays.
-- @beat        name of the beat
-- @name        name of the entry
-- @definition  schedule, call and settings
-- @since       from when it counts, ticks
-- @origin      where it comes from
insert into celerynet.entry (beat, name, definition, since, origin) values (@beat, @name, @definition, @since, @origin)
on conflict (beat, name) do update set definition = excluded.definition, since = excluded.since, origin = excluded.origin
