-- Adds to the counters of a chord and holds its row until the transaction ends, so that members are counted one after the other.
-- @chord     id of the header
-- @added     members that came later
-- @counted   members that have ended
-- @alone     for how many milliseconds one run alone ends the chord
-- @lifetime  for how many milliseconds it is kept; null: for ever
insert into celerynet.chord as known (id, added, counted, expires) values (@chord, @added, @counted, $now + cast(@lifetime as bigint))
on conflict (id) do update set added = known.added + excluded.added, counted = known.counted + excluded.counted, expires = excluded.expires
returning size, added, counted, sender, case when claimed > $now - @alone then run end
