-- Which columns the program names and the database lacks. $1 columns by table (JSON)
SELECT wanted.key || '.' || name AS column
FROM json_each($1::json) AS wanted CROSS JOIN LATERAL json_array_elements_text(wanted.value) AS name
WHERE NOT EXISTS (
  SELECT FROM pg_attribute
  WHERE attrelid = to_regclass(quote_ident(wanted.key)) AND attname = name AND attnum > 0 AND NOT attisdropped
)
