-- Adds a revocation; another transaction may have added it meanwhile.
-- @name   what kind
-- @value  the task or the stamp's value
-- @keep   for how many milliseconds
insert into celerynet.revocation (name, value, expires) values (@name, @value, $now + @keep)
on conflict (name, value) do update set expires = excluded.expires
