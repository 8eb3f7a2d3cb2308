/** The columns that the queries in `sql/` name: a start that finds them renamed or gone stops, before the first roll finds out. */
export const columnsRelied: Readonly<Record<string, readonly string[]>> = {
  users: ['id', 'name'],
  accounts: [
    ...['id', 'user_id', 'name', 'environment', 'api_key', 'secret_ciphertext'],
    ...['exchange_user_id', 'duplicate_of'],
  ],
  account_states: ['account_id', 'owner', 'failure', 'for_everybody', 'stay_away_until', 'since'],
  tasks: [
    ...['account_id', 'id', 'version', 'owner', 'state', 'spec', 'snapshot', 'created_at', 'updated_at'],
    ...['phase', 'machine', 'hash'],
  ],
  journal: [
    ...[
      'account_id',
      'task_id',
      'version',
      'at_ms',
      'path',
      'event',
      'state',
      'snapshot',
      'writer',
      'machine',
    ],
    'hash',
  ],
  commands: [
    ...[
      'account_id',
      'id',
      'seq',
      'task_id',
      'kind',
      'asked_by',
      'payload',
      'status',
      'answer',
      'created_at',
      'answered_at',
    ],
  ],
  alerts: ['account_id', 'id', 'task_id', 'version', 'severity', 'code', 'figures', 'at_ms', 'delivered_at'],
};
