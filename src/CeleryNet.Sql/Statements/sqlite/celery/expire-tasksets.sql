-- Removes rows whose time is over, among the oldest that have ended: there is no index by date, but ids grow with time. A row that is kept there is gone in its turn, so nothing is kept twice as long.
-- @limit   how many rows to look at
-- @before  what ended before this moment is removed; text, in UTC
delete from celery_tasksetmeta where id in (
  select id from (select id, date_done from celery_tasksetmeta where date_done is not null order by id limit @limit) seen
  where date_done < @before)
