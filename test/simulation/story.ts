/** What a person reads about a violation: the whole life of the tasks it concerns, with every incident. */

/** Lines that concern every task: incidents, daemons that start or are killed, and violations. */
const concernsAll = /\*\*\*|---|!!!| starts$/;

/**
 * Of all lines of a world, those of the tasks that the violation names, or that had an order in an option that it names;
 * all lines when it names neither.
 */
export function lifeIn(lines: readonly string[], violation: string): readonly string[] {
  const tasks = new Set(violation.match(/\bsim\d+x\d+/g) ?? []);
  if (tasks.size === 0)
    for (const symbol of violation.match(/\bBTC-[\w-]+/g) ?? [])
      for (const line of lines)
        if (line.includes(symbol)) for (const task of line.match(/\bsim\d+x\d+/g) ?? []) tasks.add(task);
  if (tasks.size === 0) return lines;
  const names = new RegExp(`\\b(?:${[...tasks].join('|')})\\b`);
  let isOfTask = false;
  return lines.filter((line) => {
    // What a stored turn reported follows it, further to the right.
    const isAlert = /^ *[\d.]+ s {4}/.test(line);
    if (!isAlert) isOfTask = names.test(line);
    return isOfTask || concernsAll.test(line);
  });
}
