-- One use of a voucher, and by whom. $1 voucher, $2 kind, $3 identity, $4 user
WITH used AS (
  UPDATE vouchers SET uses = uses + 1 WHERE id = $1 RETURNING id
)
INSERT INTO voucher_uses (voucher_id, kind, identity, user_id) SELECT id, $2, $3, $4 FROM used
