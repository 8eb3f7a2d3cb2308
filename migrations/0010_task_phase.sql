-- What a task does is said by its chart and written with every turn, so that no query has to know the names of states. A
-- start still asks for the rolls under way before anything else, and finds them without reading the others. The value
-- changes twice a roll, so that all other transitions still update their row in its page.
-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: must stop first, because a turn without a phase is refused.
ALTER TABLE tasks ADD COLUMN phase text NOT NULL GENERATED ALWAYS AS (
  CASE split_part(state, '.', 1)
    WHEN 'COMPLETED' THEN 'over' WHEN 'IDLE' THEN 'waiting' WHEN 'PAUSED' THEN 'waiting' WHEN 'FAILED' THEN 'waiting'
    ELSE 'rolling'
  END
) STORED;
-- For the tasks that are there already; from here on it is given.
ALTER TABLE tasks ALTER COLUMN phase DROP EXPRESSION,
  ADD CONSTRAINT tasks_phase CHECK (phase IN ('waiting', 'rolling', 'over'));
COMMENT ON COLUMN tasks.phase IS 'Waiting for a price, a person or nothing; rolling: a roll is under way; over: for good.';
DROP INDEX tasks_under_way;
ALTER TABLE tasks DROP COLUMN under_way;
CREATE INDEX tasks_rolling ON tasks (account_id, id) WHERE phase = 'rolling';
