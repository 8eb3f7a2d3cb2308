/** The database dies under a running daemon, in the middle of a roll. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const killPostgres = (): void => {
  const [pid] = readFileSync(join(fixture.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
};

test.each(['ROLL_INITIATED.closingLeg1', 'LEG2_OPENING.opening'])(
  'Postgres killed with -9 in %s costs no leg and places no order twice',
  async (state) => {
    fixture = await DaemonFixture.open('Sell', { embedded: true });
    const daemon = fixture.startDaemon();
    // Slow enough to be met in each state, and patient enough for a database that takes its time to come back.
    const task = await fixture.addTask({
      execution: { style: 'walk', every: '2s', steps: 2, deadline: '2m' },
    });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, (now) => now.state === state);
    killPostgres();
    await fixture.until(
      async () => (await fixture.task(task).catch(() => null))?.context.rollsDone === 1,
      () => fixture.orders().join('\n'),
    );
    const traded = fixture.orders().filter((order) => !order.includes(' 0 '));
    expect(traded).toEqual([
      `Buy 0.3 ${callSymbol} close-${task}`,
      `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
    ]);
    expect(daemon.process.exitCode).toBeNull();
  },
);
