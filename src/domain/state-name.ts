/** The state of a machine as one dotted name, e.g. `ROLL_INITIATED.closingLeg1`, as the database and people see it. */
export function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  const [entry] = Object.entries(value as Record<string, unknown>);
  return entry ? `${entry[0]}.${stateName(entry[1])}` : '';
}
