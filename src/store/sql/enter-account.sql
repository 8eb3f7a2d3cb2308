-- Notes that a daemon begins to manage an account, with what halts it now. Returns the owner of the account. $1 account,
-- $2 owner
INSERT INTO halts_in_force AS noted (account_id, owner, halts)
SELECT accounts.id, $2, ARRAY(SELECT id FROM account_halts WHERE halted_account_id = accounts.id)
FROM accounts WHERE accounts.id = $1
ON CONFLICT (account_id) DO UPDATE SET owner = excluded.owner, halts = excluded.halts, noted_at = now()
RETURNING (SELECT user_id::text FROM accounts WHERE accounts.id = noted.account_id) AS "userId"
