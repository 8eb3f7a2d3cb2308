-- An alert is stored as a code with its figures; its text is made when it is delivered or shown, so that wording can change.
ALTER TABLE alerts RENAME COLUMN text TO code;
ALTER TABLE alerts ADD COLUMN figures json NOT NULL DEFAULT '{}';
ALTER TABLE alerts ALTER COLUMN figures DROP DEFAULT;
COMMENT ON COLUMN alerts.code IS 'What the alert says, for programs; domain/explain has a sentence for each.';
