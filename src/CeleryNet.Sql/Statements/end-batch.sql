-- Says that a batch has ended: without a size nobody ends it again. Its members stay, as they are what progress is counted from.
-- @chord  id of the batch
update celerynet.chord set size = null, sender = null, run = null, claimed = null where id = @chord
