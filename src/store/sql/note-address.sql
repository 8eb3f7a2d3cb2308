-- Where this daemon serves the API; what dead daemons noted is forgotten. $1 owner, $2 address
WITH forgotten AS (
  DELETE FROM api_addresses WHERE owner <> $1 AND noted_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM living_daemons WHERE number = daemon_number(owner))
)
INSERT INTO api_addresses (owner, url) VALUES ($1, $2)
ON CONFLICT (owner) DO UPDATE SET url = $2, noted_at = now()
