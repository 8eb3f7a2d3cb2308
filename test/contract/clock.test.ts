/** Every clock there is, real and virtual, against the promises of the port. */
import { seed } from '../support/seed.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { settle as settled, VirtualTime } from '../../src/backtest/virtual-time.ts';
import { tapeClock, todaysClock } from '../../src/exchange/bybit/time/clock-claim.ts';
import { ExchangeClock } from '../../src/exchange/bybit/time/exchange-clock.ts';
import { wallClock } from '../bench/many/wall-clock.ts';
import { SimClock } from '../simulation/world/clock.ts';
import { SimExchange } from '../simulation/world/exchange.ts';
import { Process } from '../simulation/world/process.ts';
import { Timeline } from '../simulation/world/timeline.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { HandTime } from '../unit/bybit/hand-time.ts';
import { type ClockFixture, describeClock } from './suites/clock.ts';

const startMs = Date.UTC(2023, 2, 1);

/** Asked until its first reading is believed. */
async function set(clock: ExchangeClock, wait: (durationMs: number) => Promise<void>): Promise<void> {
  for (let asked = 0; asked < 3; asked += 1) {
    if (asked > 0) await wait(500);
    await clock.measure(() => Promise.resolve(startMs));
  }
}

describeClock('exchange clock of a tape', {
  open: async () => {
    const local = new HandTime();
    const clock = new ExchangeClock({ local, rules: tapeClock });
    await set(clock, (durationMs) => local.pass(durationMs));
    return { clock, pass: (durationMs) => local.pass(durationMs) };
  },
});

describeClock('exchange clock of today, on the time of this computer', {
  open: async () => {
    const clock = new ExchangeClock({ rules: todaysClock });
    await clock.measure(() => Promise.resolve(Date.now()));
    const pass = async (durationMs: number): Promise<void> => {
      const untilMs = clock.nowMs() + durationMs;
      do await sleep(Math.max(1, untilMs - clock.nowMs()));
      while (clock.nowMs() < untilMs);
      // An alarm rings in a turn of its own after its timer.
      await sleep(1);
    };
    const close = (): Promise<void> => {
      clock.close();
      return Promise.resolve();
    };
    return { clock, pass, close };
  },
});

describeClock('virtual time of a backtest', {
  open: () => {
    const clock = new VirtualTime(startMs);
    return { clock, pass: (durationMs) => clock.passTo(clock.nowMs() + durationMs).then(settled) };
  },
});

/** A daemon's clock in a simulated world, wrong by so much. */
function openSimulated(skewMs: number): ClockFixture {
  const timeline = new Timeline();
  const exchange = new SimExchange(timeline, {
    startMs,
    seed,
    witness: { orderChanged: () => {}, filled: () => {} },
  });
  const clock = new SimClock(exchange, new Process(timeline, () => {}));
  clock.step(skewMs);
  return { clock, pass: (durationMs) => timeline.run(timeline.nowMs() + durationMs) };
}

describeClock('clock of a simulated daemon', { open: () => openSimulated(0) });
describeClock('clock of a simulated daemon that lies behind', { open: () => openSimulated(-700) });

describeClock('virtual clock of the tests', {
  open: () => {
    const clock = new VirtualClock(startMs);
    return { clock, pass: (durationMs) => clock.advance(durationMs) };
  },
});

describeClock('wall clock of the fixtures', {
  open: () => ({
    clock: wallClock,
    pass: async (durationMs) => {
      const untilMs = Date.now() + durationMs;
      do await sleep(Math.max(1, untilMs - Date.now()));
      while (Date.now() < untilMs);
      await sleep(1);
    },
  }),
  skip: [
    {
      reason: 'timers of the platform keep no order between alarms that were set in different milliseconds',
      tests: ['rings what is due at the same time in the order in which it was set'],
    },
  ],
});
