-- An alert may be about an account instead of one of its tasks: that its key is refused is one alert, however many tasks
-- wait because of it. What keeps the account from trading stays with it, for those who look and for its next daemon.
-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: go on.
ALTER TABLE alerts ALTER COLUMN task_id DROP NOT NULL, ALTER COLUMN version DROP NOT NULL;
ALTER TABLE alerts ADD CONSTRAINT alerts_task_with_version CHECK ((task_id IS NULL) = (version IS NULL));
ALTER TABLE alerts ADD CONSTRAINT alerts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id);
COMMENT ON COLUMN alerts.task_id IS 'Null for an alert about the account itself.';

ALTER TABLE accounts ADD COLUMN trouble json;
COMMENT ON COLUMN accounts.trouble IS 'Why the account cannot trade, since when, and which reminder was the last (domain/account-trouble.ts); null while it can.';
