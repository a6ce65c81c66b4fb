-- Forgets a chord; after its members, as they are counted before it.
-- @chord  id of the header
delete from celerynet.chord where id = @chord
