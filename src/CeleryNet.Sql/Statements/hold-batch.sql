-- Holds the row of a batch until the transaction ends, so that nobody ends the batch meanwhile; no row when it is not known.
-- @chord     id of the batch
-- @lifetime  for how many milliseconds it is kept; null: for ever
-- Returns its size, null when the batch has ended.
update celerynet.chord set expires = $now + cast(@lifetime as bigint) where id = @chord returning size
