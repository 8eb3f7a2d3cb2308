-- What people read of one task takes as long when a million commands were ever sent as it does on the first day.
-- Undo: nothing is lost.
-- Older daemons: go on.

-- Up Migration
CREATE INDEX commands_of_task ON commands (account_id, task_id, seq);
CREATE INDEX commands_that_add ON commands (task_id) WHERE kind = 'add' AND status = 'waiting';

-- Down Migration
DROP INDEX commands_of_task;
DROP INDEX commands_that_add;
