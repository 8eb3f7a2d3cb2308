-- Commands say who asked, and the database gives notice of their answers. So far everything was asked by the operator of
-- the command line; what was asked for advice is a message now and no longer stored.
-- No way back: 0011 behind it has none, so an undo never comes this far.
-- Older daemons: must stop first, because a command without a person is refused.
DELETE FROM commands WHERE kind = 'preview';
ALTER TABLE commands ADD COLUMN asked_by text NOT NULL DEFAULT 'operator' CHECK (asked_by <> '');
ALTER TABLE commands ALTER COLUMN asked_by DROP DEFAULT;
COMMENT ON COLUMN commands.asked_by IS 'Who asked: operator, or user: and the id of one. It goes into the journal with what the command leads to.';

CREATE FUNCTION notify_of_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The channel is written in src/store/commands/postgres-commands.ts, too.
  PERFORM pg_notify('rollkeeper_answer', NEW.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER commands_give_notice AFTER UPDATE OF status ON commands
  FOR EACH ROW WHEN (OLD.status = 'waiting' AND NEW.status <> 'waiting') EXECUTE FUNCTION notify_of_answer();
