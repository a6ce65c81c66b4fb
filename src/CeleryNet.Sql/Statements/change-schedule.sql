-- Gives a schedule another version.
-- @beat  name of the beat
insert into celerynet.schedule as known (beat, version) values (@beat, 1) on conflict (beat) do update set version = known.version + 1
