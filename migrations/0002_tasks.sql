-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: go on.
CREATE TABLE tasks (
  account_id bigint NOT NULL REFERENCES accounts (id),
  id text NOT NULL CHECK (id <> ''),
  version integer NOT NULL CHECK (version >= 1),
  owner text NOT NULL,
  state text NOT NULL,
  spec json NOT NULL,
  snapshot json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, id),
  -- Task ids are part of order link ids and of what people type: one task per id in the whole database.
  UNIQUE (id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON TABLE tasks IS 'One managed position, as of its newest version. Changed only by a statement that names the version it saw and the owner it is.';
COMMENT ON COLUMN tasks.owner IS 'Session of the daemon that adopted the task last; a commit by any other is a conflict, whatever version it names.';
COMMENT ON COLUMN tasks.state IS 'Dotted state value of the saga, e.g. LEG2_OPENING.opening.';
COMMENT ON COLUMN tasks.snapshot IS 'Deep persisted XState snapshot; json and not jsonb, because replay compares it byte for byte.';

CREATE TABLE journal (
  account_id bigint NOT NULL,
  task_id text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  at_ms bigint NOT NULL,
  path text NOT NULL,
  event json NOT NULL,
  state text NOT NULL,
  snapshot json NOT NULL,
  writer text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, task_id, version),
  FOREIGN KEY (account_id, task_id) REFERENCES tasks (account_id, id)
);
COMMENT ON TABLE journal IS 'Every transition of every task, append-only: one row per turn, with the stimulus that caused it and the snapshot it led to.';
COMMENT ON COLUMN journal.at_ms IS 'Exchange time of the turn, ms since epoch.';
COMMENT ON COLUMN journal.path IS 'Actor that received the stimulus: empty for the task itself, else its child, e.g. leg 1.';
COMMENT ON COLUMN journal.writer IS 'Unique token of the one attempt to write this row; shows a daemon that lost its connection whether its commit went through.';

CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();
