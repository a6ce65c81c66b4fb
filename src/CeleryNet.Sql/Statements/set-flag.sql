-- Sets a flag, or gives it another lifetime.
-- @name      its name
-- @lifetime  after how many milliseconds it vanishes; null: never
insert into celerynet.flag (name, expires) values (@name, $now + cast(@lifetime as bigint))
on conflict (name) do update set expires = excluded.expires
