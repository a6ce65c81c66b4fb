-- Ends the sessions that gave no sign of life. No parameters.
delete from celerynet.consumer where alive_until < $now returning id, node
