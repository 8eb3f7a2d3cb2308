-- Accounts of imported journals: to be looked at and replayed. No daemon serves this environment.
-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: go on.
ALTER TABLE accounts DROP CONSTRAINT accounts_environment_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_environment_check
  CHECK (environment IN ('paper', 'testnet', 'demo', 'live', 'archive'));
