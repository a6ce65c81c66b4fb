-- Size of the header, null when the batch has ended, and how many members were added.
-- @chord  id of the batch
select size, added from celerynet.chord where id = @chord
