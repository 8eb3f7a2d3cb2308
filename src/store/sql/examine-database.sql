-- What a database server says of itself, and what its user may do. $1 the columns that the program relies on, by table, as JSON
SELECT current_setting('server_version') AS version,
  current_setting('server_version_num')::int AS "versionNumber",
  pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool AS "isReadOnly",
  json_build_object(
    'fsync', current_setting('fsync'),
    'full_page_writes', current_setting('full_page_writes'),
    'synchronous_commit', current_setting('synchronous_commit')
  ) AS settings,
  pg_database_size(current_database())::float8 AS "sizeBytes",
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0) AS "connectionsMax",
  (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS "connectionsUsed",
  (
    SELECT datconnlimit - (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database())
    FROM pg_database WHERE datname = current_database() AND datconnlimit >= 0
  ) AS "leftOfDatabase",
  (
    SELECT rolconnlimit - (SELECT count(*)::int FROM pg_stat_activity WHERE usename = current_user)
    FROM pg_roles WHERE rolname = current_user AND rolconnlimit >= 0
  ) AS "leftOfUser",
  has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate",
  coalesce((
    SELECT array_agg(needed.name || ' on ' || relied.key ORDER BY relied.key, needed.name)
    FROM json_each($1::json) AS relied
    CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS needed (name)
    WHERE to_regclass(relied.key) IS NOT NULL
      AND NOT has_table_privilege(to_regclass(relied.key), needed.name)
  ), '{}') AS "tableRightsMissing"
