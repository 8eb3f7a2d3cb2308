-- Notes which halts a daemon has put into force in its accounts. $1 owner, $2 accounts (JSON array: accountId, haltIds)
-- Rows are locked in the order of accounts, as by a daemon that enters them.
WITH given AS (
  SELECT "accountId", "haltIds" FROM json_to_recordset($2::json) AS account ("accountId" bigint, "haltIds" json)
), locked AS MATERIALIZED (
  SELECT account_id FROM halts_in_force
  WHERE account_id IN (SELECT "accountId" FROM given) AND owner = $1
  ORDER BY account_id FOR UPDATE
)
UPDATE halts_in_force AS noted SET halts = ARRAY(SELECT json_array_elements_text("haltIds")), noted_at = now()
FROM locked JOIN given ON "accountId" = locked.account_id
WHERE noted.account_id = locked.account_id
