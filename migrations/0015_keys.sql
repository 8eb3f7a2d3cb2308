-- What the exchange last said of each account's key, and of which end of it people were alerted: for those who look, and so
-- that the next daemon of the account alerts nobody twice.
-- Undo: what the exchange said of keys is asked again; secrets that were sealed since then need account key, because an older
-- program cannot open them.
-- Older daemons: go on.

-- Up Migration
ALTER TABLE accounts ADD COLUMN key_standing json;
COMMENT ON COLUMN accounts.key_standing IS 'What was found of the API key when the exchange was asked last (src/domain/orders/key-standing.ts); null until it was asked.';
COMMENT ON COLUMN accounts.secret_ciphertext IS 'The API secret, AES-256-GCM, bound to this row: format byte, 8 bytes key id, 12 bytes nonce, ciphertext, 16 bytes tag (src/store/vault.ts).';

-- Down Migration
COMMENT ON COLUMN accounts.secret_ciphertext IS 'The API secret, AES-256-GCM, bound to this row: format byte, 12 bytes nonce, ciphertext, 16 bytes tag (src/store/vault.ts).';
ALTER TABLE accounts DROP COLUMN key_standing;
