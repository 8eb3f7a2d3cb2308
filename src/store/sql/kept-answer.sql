-- What a key was used for, and what it was answered with. $1 caller, $2 hash of the key
SELECT request_hash AS "requestHash", status, sealed_body AS "sealedBody" FROM kept_answers WHERE caller = $1 AND key_hash = $2
