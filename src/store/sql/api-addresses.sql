-- Where living daemons serve the API, the latest first.
SELECT url FROM api_addresses WHERE EXISTS (SELECT FROM living_daemons WHERE number = daemon_number(owner))
ORDER BY noted_at DESC
