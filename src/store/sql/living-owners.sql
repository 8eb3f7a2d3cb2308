-- Which of these sessions of daemons live. $1 their owner names
SELECT owner FROM unnest($1::text[]) AS asked (owner) WHERE daemon_number(owner) IN (SELECT number FROM living_daemons)
