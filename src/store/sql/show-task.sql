-- One task with its recent history, or the request for it. $1 task, $2 the user whose accounts are to be seen, or null, $3 how much of each history
WITH listed AS (
  SELECT account_id, id, version, state, spec, snapshot, owner, created_at, updated_at FROM tasks WHERE id = $1
  UNION ALL
  SELECT account_id, task_id, 0, 'QUEUED', payload, NULL, NULL, created_at, created_at FROM commands
  WHERE task_id = $1 AND kind = 'add' AND status = 'waiting'
), shown AS (
  SELECT listed.*, accounts.name, accounts.environment, accounts.trouble, users.name AS user_name,
    coalesce(access.role, 'owner') AS role
  FROM listed
  JOIN accounts ON accounts.id = listed.account_id
  JOIN users ON users.id = accounts.user_id
  LEFT JOIN account_access AS access ON access.account_id = accounts.id AND access.user_id = $2
  WHERE $2::bigint IS NULL OR access.role IS NOT NULL
  ORDER BY listed.version DESC
  LIMIT 1
)
SELECT shown.id AS "taskId", shown.version, shown.state, shown.spec, shown.snapshot::text AS "snapshotJson",
  CASE shown.owner WHEN 'fence' THEN (SELECT owner FROM account_fences WHERE account_id = shown.account_id) ELSE shown.owner END AS "lastOwner",
  shown.account_id::text AS "accountId", shown.name AS "accountName", shown.environment, shown.trouble, shown.user_name AS "userName", shown.role,
  (extract(epoch FROM shown.created_at) * 1000)::bigint::float8 AS "createdAtMs",
  (extract(epoch FROM shown.updated_at) * 1000)::bigint::float8 AS "updatedAtMs",
  -- The last transitions, oldest first, without snapshots.
  (
    SELECT coalesce(json_agg(json_build_object('version', version, 'atMs', at_ms, 'path', path, 'eventJson', event::text, 'state', state, 'writer', writer) ORDER BY version), '[]')
    FROM (
      SELECT version, at_ms, path, event, state, writer FROM journal
      WHERE account_id = shown.account_id AND task_id = shown.id
      ORDER BY version DESC LIMIT $3
    ) AS latest
  ) AS journal,
  -- Those that wait and the last that were answered, oldest first.
  (
    SELECT coalesce(json_agg(json_build_object('commandId', id, 'kind', kind, 'askedBy', asked_by, 'status', status, 'answer', answer,
      'createdAtMs', (extract(epoch FROM created_at) * 1000)::bigint) ORDER BY seq), '[]')
    FROM (
      SELECT id, kind, asked_by, status, answer, seq, created_at FROM commands
      WHERE account_id = shown.account_id AND task_id = shown.id
      ORDER BY status = 'waiting' DESC, seq DESC LIMIT $3
    ) AS latest
  ) AS commands,
  -- The last of the task and of its account, oldest first; each half is read from the end of its own part of the index.
  (
    SELECT coalesce(json_agg(json_build_object('alertId', id::text, 'version', version, 'severity', severity, 'code', code, 'figures', figures,
      'atMs', at_ms, 'delivered', delivered_at IS NOT NULL) ORDER BY at_ms, id), '[]')
    FROM (
      SELECT * FROM (
        (SELECT * FROM alerts WHERE account_id = shown.account_id AND task_id = shown.id ORDER BY id DESC LIMIT $3)
        UNION ALL
        (SELECT * FROM alerts WHERE account_id = shown.account_id AND task_id IS NULL ORDER BY id DESC LIMIT $3)
      ) AS either ORDER BY id DESC LIMIT $3
    ) AS latest
  ) AS alerts
FROM shown
