-- How many messages wait. No parameters.
select count(*) from celerynet.outbox
