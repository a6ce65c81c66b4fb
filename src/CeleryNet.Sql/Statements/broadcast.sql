-- Writes a message for those who listen.
-- @exchange     name of the exchange
-- @routing_key  routing key
-- @lifetime     for how many milliseconds it is kept for the slow
-- @content      the envelope
insert into celerynet.broadcast (exchange, routing_key, expires, content) values (@exchange, @routing_key, $now + @lifetime, @content)
