-- The version of a schedule; null before the first change.
-- @beat  name of the beat
select version from celerynet.schedule where beat = @beat
