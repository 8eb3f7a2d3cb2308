-- Notes how accounts of this daemon stand, and removes the notes of dead daemons about them. $1 owner, $2 accounts (JSON array:
-- account_id, failure or null, for_everybody, stay_away_ms)
WITH noted AS (
  SELECT * FROM json_to_recordset($2::json) AS note (account_id bigint, failure text, for_everybody boolean, stay_away_ms bigint)
), forgotten AS (
  DELETE FROM account_states USING noted
  WHERE account_states.account_id = noted.account_id AND account_states.owner <> $1
    AND daemon_number(account_states.owner) NOT IN (SELECT number FROM living_daemons)
)
INSERT INTO account_states (account_id, owner, failure, for_everybody, stay_away_until)
SELECT account_id, $1, failure, for_everybody, now() + stay_away_ms * interval '1 millisecond' FROM noted
ON CONFLICT (account_id, owner) DO UPDATE SET failure = excluded.failure, for_everybody = excluded.for_everybody,
  stay_away_until = excluded.stay_away_until,
  since = CASE WHEN account_states.failure IS NOT DISTINCT FROM excluded.failure THEN account_states.since ELSE now() END
