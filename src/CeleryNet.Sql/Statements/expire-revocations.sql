-- Removes revocations whose time is over.
-- @limit  how many at most
delete from celerynet.revocation where id in (select id from celerynet.revocation where expires < $now limit @limit)
