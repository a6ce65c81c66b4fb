-- Chords whose time is over, held until the transaction ends; not those that somebody counts at the moment, who renews them.
-- @limit  how many at most
select id from celerynet.chord where expires < $now limit @limit for update skip locked
