-- What the members of a chord have ended with, in the order of the header.
-- @chord  id of the header
select part from celerynet.chord_member where chord = @chord and part is not null order by place nulls last, task_id
