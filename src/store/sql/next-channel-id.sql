-- The id of a channel that is about to be added: its address is sealed for it
SELECT nextval(pg_get_serial_sequence('channels', 'id'))::text AS id
