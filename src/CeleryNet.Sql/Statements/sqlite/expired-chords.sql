-- Chords whose time is over.
-- @limit  how many at most
select id from celerynet.chord where expires < $now limit @limit
