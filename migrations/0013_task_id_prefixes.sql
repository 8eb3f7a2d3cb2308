-- A task is named by as much of its id as is unique. This index finds ids by their beginning, whatever the collation is.
-- Undo: nothing is lost.
-- Older daemons: go on.

-- Up Migration
CREATE INDEX tasks_by_prefix ON tasks (id text_pattern_ops);

-- Down Migration
DROP INDEX tasks_by_prefix;
