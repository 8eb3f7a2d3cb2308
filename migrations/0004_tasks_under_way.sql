-- A start asks for the rolls that are under way before anything else: few among many, found without reading the others.
-- The value changes twice a roll, so that all other transitions still update their row in its page.
-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: go on.
ALTER TABLE tasks ADD COLUMN under_way boolean NOT NULL
  GENERATED ALWAYS AS (split_part(state, '.', 1) NOT IN ('IDLE', 'PAUSED', 'FAILED', 'COMPLETED')) STORED;
COMMENT ON COLUMN tasks.under_way IS 'Whether a roll is under way; the others wait, for a price, a person or nothing.';
CREATE INDEX tasks_under_way ON tasks (account_id, id) WHERE under_way;
