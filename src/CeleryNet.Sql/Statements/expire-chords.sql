-- Removes those of some chords whose members are gone.
-- @chords  the chords, held
delete from celerynet.chord where id $any(@chords) and not exists (select 1 from celerynet.chord_member as member where member.chord = celerynet.chord.id)
