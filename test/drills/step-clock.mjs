/**
 * Loaded into a program by NODE_OPTIONS: its clock shows the date DRILL_CLOCK_MS beside the true one, and SIGUSR2 steps it: ten
 * seconds ahead, then back, as a time service does that finds it wrong. Monotonic time goes on, as it does then.
 */
const steps = [10_000, 0];
let asideMs = Number(process.env.DRILL_CLOCK_MS ?? '0');
const TrueDate = Date;
const now = () => TrueDate.now() + asideMs;
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, values, made) => {
    /** @type {unknown} */
    const date = Reflect.construct(target, values.length === 0 ? [now()] : values, made);
    return date;
  },
  get: (target, key) => /** @type {unknown} */ (key === 'now' ? now : Reflect.get(target, key)),
});
process.on('SIGUSR2', () => {
  asideMs = steps.shift() ?? 0;
});
