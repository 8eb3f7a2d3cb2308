-- The HTTP API: who is signed in with a browser, what was answered under an idempotency key, and which version a command means.
-- Undo: browsers are signed out, and answers under idempotency keys are forgotten.
-- Older daemons: go on, but do not look at the version that a command means.

-- Up Migration
CREATE TABLE sign_in_links (
  code_hash bytea PRIMARY KEY,
  user_id bigint REFERENCES users (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
COMMENT ON TABLE sign_in_links IS 'One-time links that sign a browser in. A code is shown once and stored as its SHA-256.';
COMMENT ON COLUMN sign_in_links.user_id IS 'As whom it signs in; null: as the operator.';
CREATE INDEX sign_in_links_by_age ON sign_in_links (expires_at);

CREATE TABLE sessions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret_hash bytea NOT NULL UNIQUE,
  user_id bigint REFERENCES users (id),
  token_id bigint REFERENCES access_tokens (id),
  came_from text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CHECK (token_id IS NULL OR user_id IS NOT NULL)
);
COMMENT ON TABLE sessions IS 'Browsers that are signed in. The secret in the cookie is stored as its SHA-256; who signs out is deleted.';
COMMENT ON COLUMN sessions.user_id IS 'Who is signed in; null: the operator.';
COMMENT ON COLUMN sessions.token_id IS 'The token that it was signed in with: it may do no more than this token, and ends with it.';
COMMENT ON COLUMN sessions.used_at IS 'To the minute.';
CREATE INDEX sessions_by_age ON sessions (expires_at);

CREATE TABLE api_addresses (
  owner text PRIMARY KEY,
  url text NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE api_addresses IS 'Where daemons serve the API and the page. The row of a daemon that does not live any more means nothing.';

CREATE TABLE kept_answers (
  caller text NOT NULL CHECK (caller <> ''),
  key_hash bytea NOT NULL,
  request_hash bytea NOT NULL,
  status integer,
  sealed_body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  worked_until timestamptz NOT NULL,
  PRIMARY KEY (caller, key_hash),
  CHECK ((status IS NULL) = (sealed_body IS NULL))
);
COMMENT ON TABLE kept_answers IS 'What requests with an idempotency key were answered with, for a day, so that one that comes again does nothing twice.';
COMMENT ON COLUMN kept_answers.request_hash IS 'SHA-256 of what was asked: the same key may not ask for anything else.';
COMMENT ON COLUMN kept_answers.sealed_body IS 'Encrypted, because an answer may hold a new token.';
COMMENT ON COLUMN kept_answers.worked_until IS 'Until when the request counts as being worked, while it has no answer.';
CREATE INDEX kept_answers_by_age ON kept_answers (created_at);

ALTER TABLE commands ADD COLUMN expected_version integer;
COMMENT ON COLUMN commands.expected_version IS 'The version of the task that was shown to who asked: at any other one the command is refused; null: at whatever version.';

-- Down Migration
ALTER TABLE commands DROP COLUMN expected_version;
DROP TABLE kept_answers, api_addresses, sessions, sign_in_links;
