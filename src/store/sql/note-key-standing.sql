-- Stores how the key of an account stands, unless somebody else did meanwhile, and puts the alerts about it into the outbox.
-- $1 account, $2 standing as it was read, or null, $3 standing now, $4 alerts (JSON array: severity, code, figures), $5 exchange time
WITH noted AS (
  UPDATE accounts SET key_standing = $3::json
  WHERE id = $1::bigint AND key_standing::jsonb IS NOT DISTINCT FROM $2::jsonb
  RETURNING id
), alerted AS (
  INSERT INTO alerts (account_id, severity, code, figures, at_ms)
  SELECT noted.id, alert.severity, alert.code, alert.figures, $5::bigint
  FROM noted, json_to_recordset($4::json) AS alert (severity text, code text, figures json)
)
SELECT count(*)::integer AS noted FROM noted
