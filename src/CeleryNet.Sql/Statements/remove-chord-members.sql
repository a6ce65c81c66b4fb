-- Forgets the members of a chord.
-- @chord  id of the header
delete from celerynet.chord_member where chord = @chord
