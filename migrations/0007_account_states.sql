-- What each daemon last made of an account, and who of them lives: so that one that cannot open an account leaves it to
-- another, and people see who manages what. And one account for each key and each user of the exchange.
-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: must stop first, because they are not counted among those that live.
CREATE FUNCTION daemon_number(owner text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ('x' || left(encode(sha256(convert_to(owner, 'UTF8')), 'hex'), 8))::bit(32)::integer & 2147483647
$$;
COMMENT ON FUNCTION daemon_number IS 'Key of the advisory locks by which the sessions of one daemon are recognised.';

CREATE VIEW living_daemons AS
SELECT objid::bigint::integer AS number, pid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock' AND objsubid = 2
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  -- The class is written in src/store/advisory-locks.ts, too.
  AND classid::bigint = 1380647184;
COMMENT ON VIEW living_daemons IS 'One row for every daemon whose lock session lives: the number of its owner name.';

CREATE TABLE account_states (
  account_id bigint NOT NULL REFERENCES accounts (id),
  owner text NOT NULL,
  failure text,
  for_everybody boolean NOT NULL DEFAULT false,
  stay_away_until timestamptz,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, owner)
);
COMMENT ON TABLE account_states IS 'What a daemon last made of an account. Rows of daemons that have died mean nothing.';
COMMENT ON COLUMN account_states.owner IS 'Session of the daemon, as in tasks.';
COMMENT ON COLUMN account_states.failure IS 'Why it cannot manage the account; null when it could.';
COMMENT ON COLUMN account_states.for_everybody IS 'No other daemon would do better: the account itself is wrong.';
COMMENT ON COLUMN account_states.stay_away_until IS 'Until then it is not to be given the account merely to even out the load.';

ALTER TABLE accounts ADD COLUMN exchange_user_id text, ADD COLUMN duplicate_of bigint REFERENCES accounts (id);
COMMENT ON COLUMN accounts.exchange_user_id IS 'Whom the exchange says the key belongs to; null until it was asked.';
COMMENT ON COLUMN accounts.duplicate_of IS 'The older account with the same key or the same user of the exchange; this one is not managed.';

-- Two accounts with one key would be two managers of one position. What is there already: the older one is kept.
UPDATE accounts SET duplicate_of = older.id
FROM (SELECT environment, api_key, min(id) AS id FROM accounts GROUP BY environment, api_key) AS older
WHERE accounts.environment <> 'archive' AND accounts.environment = older.environment
  AND accounts.api_key = older.api_key AND accounts.id > older.id;
DROP INDEX accounts_live_key;
CREATE UNIQUE INDEX accounts_one_per_key ON accounts (environment, api_key)
  WHERE environment <> 'archive' AND duplicate_of IS NULL;
CREATE UNIQUE INDEX accounts_one_per_exchange_user ON accounts (environment, exchange_user_id)
  WHERE duplicate_of IS NULL;
