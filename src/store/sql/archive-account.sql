-- The account that imported journals belong to, made when it is first needed
WITH keeper AS (
  INSERT INTO users (name) VALUES ('archive') ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id
)
INSERT INTO accounts (user_id, name, environment, api_key, secret_ciphertext)
SELECT id, 'imported', 'archive', '', '' FROM keeper
ON CONFLICT (user_id, name) DO UPDATE SET name = excluded.name
RETURNING id::text AS "accountId"
