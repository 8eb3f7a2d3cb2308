-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: go on.
CREATE TABLE commands (
  account_id bigint NOT NULL REFERENCES accounts (id),
  id text NOT NULL CHECK (id <> ''),
  seq bigint GENERATED ALWAYS AS IDENTITY,
  task_id text NOT NULL CHECK (task_id <> ''),
  kind text NOT NULL CHECK (kind <> ''),
  payload json NOT NULL,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'done', 'refused')),
  answer text,
  created_at timestamptz NOT NULL DEFAULT now(),
  answered_at timestamptz,
  PRIMARY KEY (account_id, id),
  UNIQUE (id),
  CHECK ((status = 'waiting') = (answered_at IS NULL))
);
COMMENT ON TABLE commands IS 'The inbox: what people asked of tasks, and what the owning daemon answered. No key to tasks, because an add comes before its task.';
COMMENT ON COLUMN commands.id IS 'Chosen by the caller, so that asking again after a lost connection asks once.';
CREATE INDEX commands_waiting ON commands (account_id, seq) WHERE status = 'waiting';

CREATE TABLE alerts (
  account_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  task_id text NOT NULL,
  version integer NOT NULL,
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  text text NOT NULL,
  at_ms bigint NOT NULL,
  delivered_at timestamptz,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, task_id) REFERENCES tasks (account_id, id)
);
COMMENT ON TABLE alerts IS 'The outbox: what people must be alerted of, written in the transaction that caused it and delivered at least once.';
CREATE INDEX alerts_undelivered ON alerts (account_id, id) WHERE delivered_at IS NULL;
CREATE INDEX alerts_of_task ON alerts (account_id, task_id, id);
