-- Notes for which moment something is sent; no row is changed when it was for this one or a later one. A moment further ahead than is believed came from a clock that was wrong.
-- @subject   what
-- @moment    the moment in ticks
-- @believed  how many ticks ahead a known moment is believed
insert into celerynet.sent as known (subject, moment) values (@subject, @moment)
on conflict (subject) do update set moment = excluded.moment where known.moment < excluded.moment or known.moment > excluded.moment + @believed
