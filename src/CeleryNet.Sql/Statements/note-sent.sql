-- Notes for which moment something is sent; no row is changed when it was for this one or a later one.
-- @subject  what
-- @moment   the moment in ticks
insert into celerynet.sent as known (subject, moment) values (@subject, @moment)
on conflict (subject) do update set moment = excluded.moment where known.moment < excluded.moment
