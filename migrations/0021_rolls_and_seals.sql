-- Rolls that have ended, beside the journal: ledger, profit and the page read them here, whatever of the journal is archived.
-- Undo: nothing is lost while no journal was archived, and refused when one was, because its rows are in no table any more.
-- Older daemons: go on, but rolls that they end are missing in profit and ledger: let theirs end before, or stop them first.

-- Up Migration
CREATE TABLE rolls (
  account_id bigint NOT NULL,
  task_id text NOT NULL,
  roll_id text NOT NULL CHECK (roll_id <> ''),
  from_version integer NOT NULL,
  to_version integer NOT NULL,
  ended_at_ms bigint NOT NULL,
  from_symbol text NOT NULL,
  to_symbol text,
  index_price text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('rolled', 'closed', 'wentBack', 'leftFlat', 'nothing')),
  phases json NOT NULL,
  summary json,
  PRIMARY KEY (account_id, task_id, roll_id),
  FOREIGN KEY (account_id, task_id) REFERENCES tasks (account_id, id)
);
COMMENT ON TABLE rolls IS 'Every roll that has ended and had ordered something, written with the turn that ended it.';
COMMENT ON COLUMN rolls.from_version IS 'The first row of the journal in which it was under way.';
COMMENT ON COLUMN rolls.to_version IS 'The row that ended it.';
COMMENT ON COLUMN rolls.ended_at_ms IS 'Exchange time of that row.';
COMMENT ON COLUMN rolls.index_price IS 'At which it began; empty where the index was not known.';
COMMENT ON COLUMN rolls.phases IS 'In order: {"kind": planning, leg1, interval, leg2 or other, "fromMs": exchange time}.';
COMMENT ON COLUMN rolls.summary IS 'What the ledger has of it (domain/roll/roll.ts, RollSummary); null when nothing was traded.';
CREATE INDEX rolls_by_end ON rolls (ended_at_ms) WHERE summary IS NOT NULL;

ALTER TABLE journal ADD COLUMN roll_part text;
COMMENT ON COLUMN journal.roll_part IS 'Which part of a roll the row stands in, as its chart says; null while none is under way, and in rows of an adoption.';

-- What is there already. The parts of a roll are those of the charts of version 1.
CREATE FUNCTION pg_temp.is_naked(roll json) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT NOT coalesce((roll->>'closesOnly')::boolean, false) AND coalesce(bool_or(
    CASE WHEN coalesce((roll->>'compensating')::boolean, false) THEN closed - opened ELSE open_qty - (qty - closed) - opened END > 0
  ), false)
  FROM (
    SELECT (move->>'qty')::numeric AS qty, (move->>'openQty')::numeric AS open_qty,
      (move->'closed'->>'executedQty')::numeric AS closed, (move->'opened'->>'executedQty')::numeric AS opened
    FROM (
      SELECT roll AS move
      UNION ALL
      SELECT json_array_elements(CASE json_typeof(roll->'others') WHEN 'array' THEN roll->'others' ELSE '[]' END)
    ) AS moves
  ) AS figures
$$;

CREATE FUNCTION pg_temp.part_of_roll(state text, roll json) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN state IN ('ROLL_INITIATED.closingLeg1', 'ROLL_INITIATED.counting') THEN 'leg1'
    WHEN state IN ('LEG2_OPENING.opening', 'LEG2_OPENING.counting', 'LEG2_OPENING.complete') THEN 'leg2'
    WHEN pg_temp.is_naked(roll) OR state = 'LEG1_CLOSED.checkpoint' OR state LIKE 'LEG2\_OPENING.%' THEN 'interval'
    WHEN state IN ('ROLL_INITIATED.planning', 'ROLL_INITIATED.judging', 'ROLL_INITIATED.refused', 'ROLL_INITIATED.backingOff')
      THEN 'planning'
    ELSE 'other'
  END
$$;

-- The options of all legs, each once, in their order.
CREATE FUNCTION pg_temp.symbols_of(moved json, name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(symbol, ' + ' ORDER BY place) FROM (
    SELECT move->>name AS symbol, min(place) AS place
    FROM (
      SELECT moved AS move, 0::bigint AS place
      UNION ALL
      SELECT other.value, other.ordinality
      FROM json_array_elements(CASE json_typeof(moved->'others') WHEN 'array' THEN moved->'others' ELSE '[]' END)
        WITH ORDINALITY AS other
    ) AS moves
    WHERE move->>name IS NOT NULL
    GROUP BY move->>name
  ) AS symbols
$$;

CREATE TEMPORARY TABLE turns ON COMMIT DROP AS
WITH told AS (
  SELECT account_id, task_id, version, at_ms, state, snapshot->'context'->'roll' AS roll,
    snapshot->'context'->'roll'->>'rollId' AS roll_id, snapshot->'context'->'lastRoll' AS last_roll,
    snapshot->'context'->'lastRoll'->>'rollId' AS last_id
  FROM journal
), followed AS (
  SELECT told.*, lag(roll_id) OVER rows_of_task AS roll_before, lag(last_id) OVER rows_of_task AS last_before
  FROM told
  WINDOW rows_of_task AS (PARTITION BY account_id, task_id ORDER BY version)
)
SELECT account_id, task_id, version, at_ms, roll, last_roll,
  CASE WHEN roll_id IS DISTINCT FROM last_id THEN roll_id END AS roll_id,
  CASE WHEN roll_id IS DISTINCT FROM last_id AND roll_id IS NOT NULL THEN pg_temp.part_of_roll(state, roll) END AS part,
  CASE
    WHEN last_id IS NOT NULL AND last_id IS DISTINCT FROM last_before THEN last_id
    WHEN roll_before IS DISTINCT FROM roll_id AND roll_before IS DISTINCT FROM last_before THEN roll_before
  END AS ended_id, last_id
FROM followed
WHERE roll_id IS NOT NULL OR roll_before IS NOT NULL OR last_id IS DISTINCT FROM last_before;

INSERT INTO rolls (account_id, task_id, roll_id, from_version, to_version, ended_at_ms, from_symbol, to_symbol, index_price,
  outcome, phases, summary)
SELECT ends.account_id, ends.task_id, ends.roll_id, coalesce(parts.from_version, ends.version), ends.version, ends.at_ms,
  pg_temp.symbols_of(coalesce(summary, last.roll), 'fromSymbol'), pg_temp.symbols_of(coalesce(summary, last.roll), 'toSymbol'),
  coalesce(summary, last.roll)->>'indexPrice',
  CASE
    WHEN summary IS NULL AND last.has_traded THEN 'leftFlat'
    WHEN summary IS NULL THEN 'nothing'
    WHEN (summary->>'compensated')::boolean THEN 'wentBack'
    WHEN (summary->>'isFlat')::boolean THEN 'leftFlat'
    WHEN summary->>'toSymbol' IS NULL THEN 'closed'
    ELSE 'rolled'
  END, coalesce(parts.phases, '[]'), summary
FROM (
  SELECT DISTINCT ON (account_id, task_id, ended_id) account_id, task_id, ended_id AS roll_id, version, at_ms,
    CASE WHEN last_id = ended_id THEN last_roll END AS summary
  FROM turns WHERE ended_id IS NOT NULL
  ORDER BY account_id, task_id, ended_id, version
) AS ends
LEFT JOIN (
  SELECT account_id, task_id, roll_id, min(version) AS from_version, bool_or(part IN ('leg1', 'leg2')) AS has_ordered,
    json_agg(json_build_object('kind', part, 'fromMs', at_ms) ORDER BY version) FILTER (WHERE part IS DISTINCT FROM part_before) AS phases
  FROM (
    SELECT turns.*, lag(part) OVER (PARTITION BY account_id, task_id, roll_id ORDER BY version) AS part_before
    FROM turns WHERE roll_id IS NOT NULL
  ) AS under_way
  GROUP BY account_id, task_id, roll_id
) AS parts USING (account_id, task_id, roll_id)
LEFT JOIN LATERAL (
  SELECT roll, (
    SELECT bool_or((move->'closed'->>'executedQty')::numeric > 0 OR (move->'opened'->>'executedQty')::numeric > 0)
    FROM (
      SELECT roll AS move
      UNION ALL
      SELECT json_array_elements(CASE json_typeof(roll->'others') WHEN 'array' THEN roll->'others' ELSE '[]' END)
    ) AS moves
  ) AS has_traded
  FROM turns
  WHERE turns.account_id = ends.account_id AND turns.task_id = ends.task_id AND turns.roll_id = ends.roll_id
  ORDER BY version DESC LIMIT 1
) AS last ON true
WHERE summary IS NOT NULL OR parts.has_ordered;

-- Of rolls that are under way, because they are summed up when they end.
ALTER TABLE journal DISABLE TRIGGER journal_is_append_only;
UPDATE journal SET roll_part = turns.part
FROM turns JOIN tasks ON tasks.account_id = turns.account_id AND tasks.id = turns.task_id
WHERE journal.account_id = turns.account_id AND journal.task_id = turns.task_id AND journal.version = turns.version
  AND turns.roll_id = tasks.snapshot->'context'->'roll'->>'rollId';
ALTER TABLE journal ENABLE TRIGGER journal_is_append_only;

-- Parts of journals that are archived in files: what remains of them here, so that the chain of hashes goes on.
CREATE TABLE seals (
  account_id bigint NOT NULL,
  task_id text NOT NULL,
  from_version integer NOT NULL CHECK (from_version >= 1),
  to_version integer NOT NULL,
  first_hash bytea NOT NULL,
  last_hash bytea NOT NULL,
  state text NOT NULL,
  machine text NOT NULL,
  snapshot json NOT NULL,
  sha256 bytea NOT NULL,
  place text NOT NULL CHECK (place <> ''),
  sealed_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (account_id, task_id, from_version),
  FOREIGN KEY (account_id, task_id) REFERENCES tasks (account_id, id),
  CHECK (to_version >= from_version)
);
COMMENT ON TABLE seals IS 'Rows of journals that were written to a file, read back and replayed; only then they are removed here. Cut between rolls.';
COMMENT ON COLUMN seals.last_hash IS 'Hash of the row to_version, which the row after it is chained to.';
COMMENT ON COLUMN seals.snapshot IS 'After the row to_version: a replay can begin here without the file.';
COMMENT ON COLUMN seals.sha256 IS 'Of the file.';
COMMENT ON COLUMN seals.place IS 'Path of the file on the machine that archived it.';
COMMENT ON COLUMN seals.removed_at IS 'When the last of its rows was removed from the journal; null while there are any.';
CREATE TRIGGER seals_are_kept BEFORE DELETE OR TRUNCATE OR
  UPDATE OF account_id, task_id, from_version, to_version, first_hash, last_hash, state, machine, snapshot, sha256, sealed_at ON seals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();

ALTER TABLE accounts ADD COLUMN legal_hold_since timestamptz;
COMMENT ON COLUMN accounts.legal_hold_since IS 'Since when nothing of its journals may be archived; null: it may.';

DROP TRIGGER journal_is_append_only ON journal;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();
CREATE FUNCTION refuse_unsealed_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM gone WHERE NOT EXISTS (
      SELECT FROM seals JOIN accounts ON accounts.id = seals.account_id
      WHERE seals.account_id = gone.account_id AND seals.task_id = gone.task_id
        AND gone.version BETWEEN seals.from_version AND seals.to_version AND accounts.legal_hold_since IS NULL
    )
  ) THEN
    RAISE EXCEPTION 'the journal is append-only: DELETE refused' USING ERRCODE = 'restrict_violation',
      DETAIL = 'Only rows that are sealed may be removed, and none of an account under legal hold.';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER journal_keeps_what_is_not_sealed AFTER DELETE ON journal REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_unsealed_removal();

-- Down Migration
DO $$
BEGIN
  IF EXISTS (SELECT FROM seals) THEN
    RAISE EXCEPTION 'journals were archived: their rows are in files, and an older program finds them nowhere'
      USING ERRCODE = 'restrict_violation';
  END IF;
END
$$;
DROP TRIGGER journal_keeps_what_is_not_sealed ON journal;
DROP FUNCTION refuse_unsealed_removal();
DROP TRIGGER journal_is_append_only ON journal;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();
ALTER TABLE accounts DROP COLUMN legal_hold_since;
DROP TABLE seals, rolls;
ALTER TABLE journal DROP COLUMN roll_part;
