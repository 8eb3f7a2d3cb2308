-- An account is taken over by one small row: with its epoch alone turns are stored from then on, and tasks that wait are only read.
-- Undo: nothing is lost; an older daemon takes every task over by its version, as before.
-- Older daemons: go on.
-- A task that passes between one of them and a newer one has its version raised, as before, and refuses both by its owner.

-- Up Migration
CREATE TABLE account_fences (
  account_id bigint PRIMARY KEY REFERENCES accounts (id),
  owner text NOT NULL,
  epoch bigint NOT NULL CHECK (epoch >= 1),
  taken_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
COMMENT ON TABLE account_fences IS 'Who took an account over last. A flush holds the row FOR SHARE until its turns are stored, so that taking over waits for it.';
COMMENT ON COLUMN account_fences.owner IS 'Session of the daemon.';
COMMENT ON COLUMN account_fences.epoch IS 'One more with each time: a turn of a task that was read in another epoch is refused. The first one is the time in seconds, so that none comes again when this table was made anew.';

COMMENT ON COLUMN tasks.owner IS 'The word fence: stored by the daemon that holds the fence of the account. Else the session of a daemon from before account_fences, which knows no fence and has its turns refused by any other owner; who takes the task over then raises its version and writes fence.';

-- Down Migration
DROP TABLE account_fences;
COMMENT ON COLUMN tasks.owner IS 'Session of the daemon that adopted the task last; a commit by any other is a conflict, whatever version it names.';
