-- Removes members of chords whose time is over.
-- @limit  how many at most
delete from celerynet.chord_member where (chord, task_id) in (
  select member.chord, member.task_id from celerynet.chord as owner join celerynet.chord_member as member on member.chord = owner.id where owner.expires < $now limit @limit)
