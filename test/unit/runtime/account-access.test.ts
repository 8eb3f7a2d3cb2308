/**
 * That an account is refused is reported once for all of its tasks, whichever request shows it, and when it is over.
 */
import { describe, expect, it, test } from 'vitest';
import { pino } from 'pino';
import { Terminal } from '../../../src/domain/errors.ts';
import type { AccountListener, TradingAccount } from '../../../src/ports/exchange.ts';
import { AccountAccess } from '../../../src/runtime/accounts/account-access.ts';
import { FixtureAccount } from '../../support/task-fixture.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';
import { MemoryBook } from './memory-book.ts';
import { minuteMs } from '../../../src/domain/units.ts';

const said = 'read positions: Bybit answered 33004 "Your api key has expired."';

/** Every way of asking the account, with what of it is known to be refused then. */
const asks = {
  positions: 'positions',
  position: 'positions',
  margin: 'margin',
  holding: 'holdings',
  settlement: 'deliveries',
  findOrder: 'orders',
  stops: 'orders',
  stopFills: 'orders',
  submit: 'writes',
  amend: 'writes',
  cancel: 'writes',
  setStop: 'writes',
  open: 'log-in',
} as const satisfies Partial<Record<keyof TradingAccount, string>>;
type Method = keyof typeof asks;
const methods = Object.keys(asks) as Method[];

const nothing = () => {};
const deaf: AccountListener = {
  order: nothing,
  fill: nothing,
  position: nothing,
  connected: nothing,
  disconnected: nothing,
};

class Scene {
  readonly clock = new VirtualClock();
  readonly book = new MemoryBook();
  readonly refused = new Set<Method>();
  readonly log: { level: number; msg: string }[] = [];
  account!: TradingAccount;
  listener!: AccountListener;

  async connect(): Promise<void> {
    const inner = new FixtureAccount(this.clock, []) as unknown as TradingAccount;
    const refused = this.refused;
    const open = (listener: AccountListener) => {
      this.listener = listener;
      return Promise.resolve();
    };
    const answering = new Proxy(inner, {
      get(target, name: string) {
        if (refused.has(name as Method))
          return () => Promise.reject(new Terminal(said, { code: '33004', scope: 'account' }));
        if (name === 'open') return open;
        if (name in asks) return () => Promise.resolve([]);
        return Reflect.get(target, name) as unknown;
      },
    });
    const access = new AccountAccess({
      accounts: this.book,
      accountName: () => 'main',
      connect: () => Promise.resolve(answering),
      clock: this.clock,
      log: pino({}, { write: (line: string) => void this.log.push(JSON.parse(line) as never) }),
    });
    this.account = await access.connect('1');
    if (!refused.has('open')) await this.account.open(deaf);
  }

  async ask(method: Method): Promise<void> {
    await (this.account[method] as (...given: unknown[]) => Promise<unknown>)({}, 0).catch(() => undefined);
    await settle();
  }

  static async open(...refused: Method[]): Promise<Scene> {
    const scene = new Scene();
    for (const method of refused) scene.refused.add(method);
    await scene.connect();
    return scene;
  }
}

const begins = `critical: Account main cannot trade: ${said}. None of its tasks can roll until a person has ended that.`;

describe('an account that the exchange refuses', () => {
  test.each(methods)('is reported at once, once, and again when it passes: %s', async (method) => {
    const scene = await Scene.open(method);
    for (let time = 0; time < 3; time += 1) await scene.ask(method);
    expect(scene.book.alerts).toEqual([begins]);
    expect(Object.keys(scene.book.stored?.refusals ?? {})).toEqual([asks[method]]);
    expect(scene.log.filter(({ level }) => level === 60)).toHaveLength(1);
    scene.refused.clear();
    await scene.ask(method);
    await scene.ask(method);
    expect(scene.book.alerts).toHaveLength(2);
    expect(scene.book.alerts[1]).toContain('info: Account main can trade again');
    expect(scene.book.stored).toBeNull();
  });

  it("is reported again after 1, 5 and 15 minutes and then every 15, in the exchange's words", async () => {
    const scene = await Scene.open('positions', 'margin');
    await scene.ask('positions');
    await scene.ask('margin');
    await scene.clock.advance(46 * minuteMs);
    expect(scene.book.alerts.map((text) => /for ([\dmin h]+) now/.exec(text)?.[1])).toEqual([
      undefined,
      '1 min',
      '5 min',
      '15 min',
      '30 min',
      '45 min',
    ]);
    for (const text of scene.book.alerts) expect(text).toContain(said);
  });

  it('is read again every minute, so that the end of the refusal is noticed though nothing else happens', async () => {
    const scene = await Scene.open('margin');
    await scene.ask('margin');
    scene.refused.clear();
    await scene.clock.advance(2 * minuteMs);
    expect(scene.book.alerts.at(-1)).toContain('can trade again');
  });

  it('does not count as accepted because another request passes', async () => {
    const scene = await Scene.open('submit');
    await scene.ask('submit');
    await scene.ask('positions');
    expect(scene.book.alerts).toEqual([begins]);
  });

  it('whose orders were last refused an hour ago is judged by its next order', async () => {
    const scene = await Scene.open('submit');
    await scene.ask('submit');
    await scene.clock.advance(62 * minuteMs);
    expect(scene.book.alerts.at(-1)).toContain('No order of account main was refused for an hour');
    expect(scene.book.stored).toBeNull();
  });

  it('is reported when its stream cannot log in, until it is live', async () => {
    const scene = await Scene.open();
    scene.listener.barred?.(said);
    await settle();
    scene.listener.barred?.(said);
    await settle();
    expect(scene.book.alerts).toEqual([begins]);
    scene.listener.connected();
    await settle();
    expect(scene.book.alerts[1]).toContain('can trade again');
  });

  it('is noticed while no request is made', async () => {
    const scene = await Scene.open('positions');
    scene.listener.idle?.();
    await settle();
    expect(scene.book.alerts).toEqual([begins]);
  });

  it('is not news to its next daemon, which keeps reminding and reports the end', async () => {
    const scene = await Scene.open('positions');
    await scene.ask('positions');
    await scene.account.close();
    await scene.clock.advance(3 * minuteMs);
    await scene.connect();
    await scene.ask('positions');
    expect(scene.book.alerts).toHaveLength(2);
    expect(scene.book.alerts[1]).toContain('still cannot trade, for 3 min now');
    await scene.account.close();
    scene.refused.clear();
    await scene.connect();
    await scene.ask('positions');
    expect(scene.book.alerts.at(-1)).toContain('can trade again');
  });

  it('is reported though it is released in the same moment', async () => {
    const scene = await Scene.open('open');
    await scene.account.open(deaf).catch(() => scene.account.close());
    await settle();
    expect(scene.book.alerts).toEqual([begins]);
  });

  it('is reported when the database is back', async () => {
    const scene = await Scene.open('positions');
    scene.book.failing = 2;
    await scene.ask('positions');
    expect(scene.book.alerts).toEqual([]);
    await scene.clock.advance(minuteMs);
    expect(scene.book.alerts[0]).toBe(begins);
  });
});
