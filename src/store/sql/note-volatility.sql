-- Takes one more sample of an option's implied volatility into what was seen of it, unless the last one is too young:
-- $1 environment, $2 symbol, $3 volatility, $4 when, $5 how long after the last one at the earliest
INSERT INTO volatility_ranges AS known (environment, symbol, low, high, sampled_at_ms) VALUES ($1, $2, $3, $3, $4)
ON CONFLICT (environment, symbol) DO UPDATE SET
  low = least(known.low, excluded.low), high = greatest(known.high, excluded.high),
  samples = known.samples + 1, sampled_at_ms = excluded.sampled_at_ms
WHERE excluded.sampled_at_ms >= known.sampled_at_ms + $5
