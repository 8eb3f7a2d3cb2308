/** The signals that ask a process to stop: from a service manager, a keyboard, or a terminal that is closed. */
export const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
