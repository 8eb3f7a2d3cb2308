-- A task is named by as much of its id as is unique. This index finds ids by their beginning, whatever the collation is.
CREATE INDEX tasks_by_prefix ON tasks (id text_pattern_ops);
