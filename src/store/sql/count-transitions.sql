-- Every transition ever journaled.
SELECT count(*)::float8 AS total FROM journal
