-- Takes accounts over: from here on turns of their tasks are stored only with the epoch that is returned. It waits for flushes that
-- hold the former one, so that what a later statement reads of the tasks is final. $1 account ids, $2 owner
INSERT INTO account_fences AS fence (account_id, owner, epoch)
SELECT account_id, $2, extract(epoch FROM clock_timestamp())::bigint FROM unnest($1::bigint[]) AS account_id ORDER BY account_id
ON CONFLICT (account_id) DO UPDATE SET owner = excluded.owner, epoch = fence.epoch + 1, taken_at = now()
RETURNING account_id::text AS "accountId", epoch::float8
