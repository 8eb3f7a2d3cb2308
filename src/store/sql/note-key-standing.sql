-- Stores how the key of an account stands, unless another daemon did meanwhile, and puts the alerts about it into the outbox.
-- $1 account, $2 standing as it was read, or null, $3 standing now, $4 severities, $5 codes and $6 figures of the alerts,
-- $7 exchange time
WITH noted AS (
  UPDATE accounts SET key_standing = $3::json
  WHERE id = $1::bigint AND key_standing::text IS NOT DISTINCT FROM $2::text
  RETURNING id
), alerted AS (
  INSERT INTO alerts (account_id, severity, code, figures, at_ms)
  SELECT noted.id, alert.severity, alert.code, alert.figures, $7::bigint
  FROM noted, unnest($4::text[], $5::text[], $6::json[]) AS alert (severity, code, figures)
)
SELECT count(*)::integer AS noted FROM noted
