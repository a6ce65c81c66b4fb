-- Begins a session of a consumer.
-- @node   node name of the worker
-- @lease  for how many milliseconds it lives without a sign
insert into celerynet.consumer (node, alive_until) values (@node, $now + @lease) returning id
