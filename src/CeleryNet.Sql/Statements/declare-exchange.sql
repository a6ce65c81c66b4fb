-- Makes an exchange, unless it is there.
-- @name  its name
-- @type  direct, topic or fanout
insert into celerynet.exchange (name, type) values (@name, @type) on conflict do nothing
