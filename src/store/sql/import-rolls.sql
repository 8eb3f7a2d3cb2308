-- The rolls of an imported task that have ended. $1 account, $2 task, $3 the rolls (JSON array; a summary is the text of the value)
INSERT INTO rolls (account_id, task_id, roll_id, from_version, to_version, ended_at_ms, from_symbol, to_symbol, index_price, outcome,
  phases, summary)
SELECT $1::bigint, $2, roll_id, from_version, to_version, ended_at_ms, from_symbol, to_symbol, index_price, outcome, phases,
  summary::json
FROM json_to_recordset($3::json) AS roll (
  roll_id text, from_version int, to_version int, ended_at_ms bigint, from_symbol text, to_symbol text, index_price text,
  outcome text, phases json, summary text
)
