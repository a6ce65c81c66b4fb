-- Removes members of chords that are held; not those that somebody is about to count, who waits for the chord.
-- @chords  the chords
-- @limit   how many at most
delete from celerynet.chord_member where (chord, task_id) in (
  select chord, task_id from celerynet.chord_member where chord $any(@chords) limit @limit for update skip locked)
