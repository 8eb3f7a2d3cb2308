-- What is known of backups, so that it is noticed when none was made for long.
-- Undo: it is forgotten when backups were made; they themselves stay.
-- Older daemons: go on.

-- Up Migration
CREATE TABLE backups (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  taken_at timestamptz NOT NULL,
  place text NOT NULL CHECK (place <> '')
);
COMMENT ON TABLE backups IS 'Backups that rollkeeper backup has completed; whether they still lie there is not known.';
COMMENT ON COLUMN backups.taken_at IS 'As of when the copy is.';
COMMENT ON COLUMN backups.place IS 'Directory, as it was given.';
CREATE INDEX backups_by_time ON backups (taken_at);

-- Down Migration
DROP TABLE backups;
