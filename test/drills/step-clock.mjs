/**
 * Loaded into a program by NODE_OPTIONS: its clock shows the date DRILL_CLOCK_MS beside the true one, and SIGUSR2 steps it: ten
 * seconds ahead, then ten behind, as a time service does that finds it wrong. Monotonic time goes on, as it does then.
 */
const steps = [10_000, -10_000];
let asideMs = Number(process.env.DRILL_CLOCK_MS ?? '0');
const TrueDate = Date;
const now = () => TrueDate.now() + asideMs;
globalThis.Date = class extends TrueDate {
  /** @param {[]} values */
  constructor(...values) {
    super(...(values.length === 0 ? [now()] : values));
  }
  static now() {
    return now();
  }
};
process.on('SIGUSR2', () => {
  asideMs = steps.shift() ?? 0;
});
