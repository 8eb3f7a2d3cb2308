-- The id comes before the row, because the secret is sealed for it.
SELECT nextval(pg_get_serial_sequence('accounts', 'id'))::text AS id
