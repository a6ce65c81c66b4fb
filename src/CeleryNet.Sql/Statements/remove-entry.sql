-- Removes an entry.
-- @beat  name of the beat
-- @name  name of the entry
delete from celerynet.entry where beat = @beat and name = @name
