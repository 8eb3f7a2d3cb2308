-- Why an account cannot trade, null when it can. $1 account
SELECT trouble FROM accounts WHERE id = $1
