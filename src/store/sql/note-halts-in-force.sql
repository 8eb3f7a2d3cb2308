-- Notes which halts a daemon has put into force in its accounts. $1 owner, $2 accounts (JSON array: accountId, haltIds)
UPDATE halts_in_force SET halts = ARRAY(SELECT json_array_elements_text("haltIds")), noted_at = now()
FROM json_to_recordset($2::json) AS given ("accountId" bigint, "haltIds" json)
WHERE account_id = "accountId" AND owner = $1
