-- Gives a permit to a holder, or lets its lease begin anew.
-- @name    what is counted together
-- @holder  who
-- @lease   for how many milliseconds
insert into celerynet.permit (name, holder, expires) values (@name, @holder, $now + @lease)
on conflict (name, holder) do update set expires = excluded.expires
