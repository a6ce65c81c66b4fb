-- Makes a queue, unless it is there.
-- @name           its name
-- @definition     durability and arguments as JSON
-- @dead_exchange  where rejected messages go; null: nowhere
-- @dead_key       the key used there; null: the message's own
-- @max_length     how many may wait; null: any number
insert into celerynet.queue (name, definition, dead_exchange, dead_key, max_length)
values (@name, @definition, @dead_exchange, @dead_key, cast(@max_length as integer)) on conflict do nothing
