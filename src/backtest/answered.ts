/** What a backtest does where a task asks first: nobody is there to answer. */

export type PlayedApprovals = 'roll' | 'skip' | 'default';

/** The spec of a task that is answered like this each time: what is approved at once need not ask. */
export function answered(spec: unknown, approvals: PlayedApprovals): unknown {
  if (approvals === 'default' || !isObject(spec)) return spec;
  const own = (part: unknown): unknown => {
    if (!isObject(part) || !isObject(part['approval'])) return part;
    return { ...part, approval: approvals === 'roll' ? 'none' : { ...part['approval'], otherwise: 'skip' } };
  };
  const { rules } = spec;
  return { ...(own(spec) as object), ...(Array.isArray(rules) && { rules: rules.map(own) }) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
