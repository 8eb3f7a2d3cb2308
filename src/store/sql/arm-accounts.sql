-- Arms live accounts, or disarms them. $1 account ids, $2 who arms them, null to disarm
UPDATE accounts SET armed_at = CASE WHEN $2::text IS NULL THEN NULL ELSE now() END, armed_by = $2
WHERE id = ANY ($1::bigint[]) AND environment = 'live' AND (armed_at IS NULL) = ($2::text IS NOT NULL)
RETURNING id::text AS "accountId"
