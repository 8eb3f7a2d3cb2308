-- Sets what the session of the locks needs, also when a pooler has left out the parameters of the connection, and returns
-- its backend. $1 silence after which the server ends it (ms, 0 never)
SELECT pg_backend_pid() AS pid, set_config('idle_session_timeout', $1, false), set_config('tcp_keepalives_idle', '10', false),
  set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)
