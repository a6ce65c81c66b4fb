-- Forgets the oldest revocations.
-- @most  how many stay
delete from celerynet.revocation where id <= (select max(id) from celerynet.revocation) - @most
