-- The structure of a group.
-- @id  the group
select tuple from celerynet.saved_group where id = @id
