-- What the Telegram bot remembers. A bot is told from another by its id at Telegram, which its token begins with, so that
-- another token on the same database does not meet the messages and updates of the former one.
-- Undo: what the bot remembers is lost: open dialogues, and buttons that were shown.
-- Older daemons: go on.

-- Up Migration
CREATE TABLE telegram_updates (
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  PRIMARY KEY (bot_id, update_id)
);
COMMENT ON TABLE telegram_updates IS 'Updates of the last days, so that one that comes again acts once. Their texts are not stored, because they may hold a secret.';
CREATE INDEX telegram_updates_by_age ON telegram_updates (received_at);

CREATE TABLE telegram_dialogues (
  bot_id bigint NOT NULL,
  chat_id bigint NOT NULL,
  person_id bigint NOT NULL,
  step text NOT NULL CHECK (step <> ''),
  data json NOT NULL,
  token text NOT NULL,
  message_id bigint,
  update_id bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (bot_id, chat_id, person_id)
);
COMMENT ON TABLE telegram_dialogues IS 'What a person and the bot are in the middle of, one in each chat. No secret is ever in it.';
COMMENT ON COLUMN telegram_dialogues.token IS 'Stands in the buttons of the step, so that those of a former step do nothing.';
COMMENT ON COLUMN telegram_dialogues.update_id IS 'The update that led to the step: when it comes again, the step is only shown again.';

CREATE TABLE telegram_questions (
  bot_id bigint NOT NULL,
  id text NOT NULL CHECK (id <> ''),
  chat_id bigint NOT NULL,
  person_id bigint NOT NULL,
  message_id bigint,
  action json NOT NULL,
  asked_by_update bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  answer text CHECK (answer IN ('confirm', 'cancel')),
  answered_by_update bigint,
  answered_at timestamptz,
  PRIMARY KEY (bot_id, id),
  UNIQUE (bot_id, asked_by_update),
  CHECK ((answer IS NULL) = (answered_at IS NULL))
);
COMMENT ON TABLE telegram_questions IS 'What a person is asked to confirm: good once, for the person who was asked, until it expires.';
CREATE INDEX telegram_questions_by_age ON telegram_questions (expires_at);

CREATE TABLE telegram_boards (
  bot_id bigint NOT NULL,
  chat_id bigint NOT NULL,
  person_id bigint NOT NULL,
  message_id bigint NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (bot_id, chat_id, person_id)
);
COMMENT ON TABLE telegram_boards IS 'Messages with a status that edit themselves, one for each person in a chat.';

CREATE TABLE telegram_approvals (
  bot_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  approval_id text NOT NULL CHECK (approval_id <> ''),
  task_id text NOT NULL,
  chat_id bigint NOT NULL,
  message_id bigint,
  text text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bot_id, id),
  UNIQUE (bot_id, approval_id, chat_id)
);
COMMENT ON TABLE telegram_approvals IS 'Messages that ask whether to roll, so that their buttons go when the question is over.';
CREATE INDEX telegram_approvals_by_age ON telegram_approvals (asked_at);

CREATE TABLE telegram_strangers (
  bot_id bigint NOT NULL,
  person_id bigint NOT NULL,
  messages bigint NOT NULL DEFAULT 1,
  first_at timestamptz NOT NULL DEFAULT now(),
  last_at timestamptz NOT NULL DEFAULT now(),
  told_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bot_id, person_id)
);
COMMENT ON TABLE telegram_strangers IS 'People whom the bot does not know, counted; told_at keeps it from answering each message.';

-- Down Migration
DROP TABLE telegram_updates, telegram_dialogues, telegram_questions, telegram_boards, telegram_approvals,
  telegram_strangers;
