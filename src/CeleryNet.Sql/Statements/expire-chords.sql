-- Removes chords whose time is over and whose members are gone.
-- @limit  how many at most
delete from celerynet.chord where id in (
  select owner.id from celerynet.chord as owner where owner.expires < $now and not exists (select 1 from celerynet.chord_member as member where member.chord = owner.id) limit @limit)
