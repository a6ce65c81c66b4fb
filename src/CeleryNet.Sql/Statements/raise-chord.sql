-- Raises the size of a header that was thought to be smaller; whoever was to end that one no longer is.
-- @chord  id of the header
-- @size   how many members it has at least
update celerynet.chord set size = @size, sender = null, run = null, claimed = null where id = @chord and size < @size
