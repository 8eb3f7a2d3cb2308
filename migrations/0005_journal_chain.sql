-- Which version of the machine wrote a row, and a chain of hashes through the journal of each task: every row carries the
-- hash of all rows before it and of itself, so that an edited, missing or moved row is found (rollkeeper journal verify).
-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: must stop first, because they write rows without a hash.
CREATE FUNCTION journal_hash(
  before bytea, task_id text, version integer, at_ms bigint, path text, event text, state text, snapshot text, machine text
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Lengths first, so that no two rows give the same text.
  SELECT sha256(before || convert_to(concat_ws(
    ' ', length(task_id), version, at_ms, length(path), length(event), length(state), length(snapshot), length(machine),
    task_id, path, event, state, snapshot, machine
  ), 'UTF8'))
$$;
COMMENT ON FUNCTION journal_hash IS 'Hash of one row of the journal, given the hash of the row before it (empty for the first).';

ALTER TABLE tasks ADD COLUMN machine text NOT NULL DEFAULT '1', ADD COLUMN hash bytea NOT NULL DEFAULT '';
ALTER TABLE tasks ALTER COLUMN machine DROP DEFAULT;
COMMENT ON COLUMN tasks.machine IS 'Version of the machine that made the snapshot.';
COMMENT ON COLUMN tasks.hash IS 'Hash of the newest row of the journal.';
ALTER TABLE journal ADD COLUMN machine text NOT NULL DEFAULT '1', ADD COLUMN hash bytea NOT NULL DEFAULT '';
COMMENT ON COLUMN journal.hash IS 'journal_hash of this row; append-only is kept by a trigger, this shows what got around it.';

-- What is there already is chained as it is.
ALTER TABLE journal DISABLE TRIGGER journal_is_append_only;
DO $$
DECLARE
  entry record;
  chained bytea := '';
  of_task text := '';
BEGIN
  FOR entry IN SELECT * FROM journal ORDER BY account_id, task_id, version LOOP
    IF entry.task_id <> of_task THEN chained := ''; END IF;
    of_task := entry.task_id;
    chained := journal_hash(chained, entry.task_id, entry.version, entry.at_ms, entry.path, entry.event::text, entry.state,
      entry.snapshot::text, entry.machine);
    UPDATE journal SET hash = chained
    WHERE account_id = entry.account_id AND task_id = entry.task_id AND version = entry.version;
    UPDATE tasks SET hash = chained WHERE account_id = entry.account_id AND id = entry.task_id;
  END LOOP;
END
$$;
ALTER TABLE journal ENABLE TRIGGER journal_is_append_only;
