-- What was seen of an option's implied volatility.
-- $1 environment, $2 symbol
SELECT low::text, high::text, samples, sampled_at_ms::float8 AS at_ms FROM volatility_ranges
WHERE environment = $1 AND symbol = $2
