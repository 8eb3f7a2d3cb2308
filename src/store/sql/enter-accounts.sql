-- Notes that a daemon begins to manage accounts, with what halts each of them now. Returns the owner of each account. Rows are
-- locked in the order of accounts. $1 account ids, $2 owner
INSERT INTO halts_in_force AS noted (account_id, owner, halts)
SELECT accounts.id, $2, ARRAY(SELECT id FROM account_halts WHERE halted_account_id = accounts.id)
FROM accounts WHERE accounts.id = ANY ($1::bigint[]) ORDER BY accounts.id
ON CONFLICT (account_id) DO UPDATE SET owner = excluded.owner, halts = excluded.halts, noted_at = now()
RETURNING account_id::text AS "accountId",
  (SELECT user_id::text FROM accounts WHERE accounts.id = noted.account_id) AS "userId"
