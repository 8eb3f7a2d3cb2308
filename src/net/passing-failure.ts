/** Tells failures that pass, because a database or a network is away for a while, from those that do not. */

/** By the code or the words of the driver. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause } = error as Error & { code?: unknown };
  if (typeof code === 'string' && /^(08|40|53|55|57|58)\w{3}$|^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code))
    return true;
  return (
    /Connection terminated|timeout expired|Query read timeout|connect ECONN|timeout exceeded when trying to connect/.test(
      error.message,
    ) || isPassing(cause)
  );
}
