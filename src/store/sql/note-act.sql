-- Records an act, in the transaction of the change itself. $1 who, $2 from where, $3 act, $4 account, $5 task, $6 user, $7 details (JSON)
INSERT INTO audit (actor, came_from, act, account_id, task_id, user_id, details)
VALUES ($1, $2, $3, $4, $5, $6, $7)
