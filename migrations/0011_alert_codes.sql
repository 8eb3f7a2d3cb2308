-- An alert is stored as a code with its figures; its text is made when it is delivered or shown, so that wording can change.
-- No way back: alerts have codes instead of texts from here on, which older programs cannot show.
-- Older daemons: must stop first, because their alerts have no figures, and a turn with one is refused.
ALTER TABLE alerts RENAME COLUMN text TO code;
ALTER TABLE alerts ADD COLUMN figures json NOT NULL DEFAULT '{}';
ALTER TABLE alerts ALTER COLUMN figures DROP DEFAULT;
COMMENT ON COLUMN alerts.code IS 'What the alert says, for programs; domain/explain has a sentence for each.';
