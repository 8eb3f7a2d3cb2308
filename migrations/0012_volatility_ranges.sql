-- What the daemons have seen of the implied volatility of options that triggers look at, so that its rank survives a restart.
-- Undo: ranks of volatility begin anew, because the ranges that were seen are forgotten.
-- Older daemons: go on.

-- Up Migration
CREATE TABLE volatility_ranges (
  environment text NOT NULL,
  symbol text NOT NULL,
  low numeric NOT NULL,
  high numeric NOT NULL,
  samples integer NOT NULL DEFAULT 1,
  sampled_at_ms bigint NOT NULL,
  PRIMARY KEY (environment, symbol),
  CHECK (low > 0 AND high >= low)
);
COMMENT ON TABLE volatility_ranges IS 'Lowest and highest implied volatility seen of an option, fractions per year.';
COMMENT ON COLUMN volatility_ranges.samples IS 'How many figures it is made of, at most one a quarter of an hour.';
COMMENT ON COLUMN volatility_ranges.sampled_at_ms IS 'When the newest of them was taken, exchange time.';

-- Down Migration
DROP TABLE volatility_ranges;
