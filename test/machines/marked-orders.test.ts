/**
 * An order of a roll whose outcome stays unknown is marked by its owner: whatever is true of it, and whenever a daemon dies,
 * each leg trades its quantity once.
 */
import { describe, expect, test } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../src/domain/errors.ts';
import { minuteMs } from '../../src/domain/units.ts';
import type { OrderRequest, OrderSighting } from '../../src/domain/market/order.ts';
import type { FixtureAccount, Behaviour } from '../support/task-fixture.ts';
import { fillAll, TaskFixture } from '../support/task-fixture.ts';
import { call25 } from './leg2-fixture.ts';

const close = 'close-task000001-v1';
const open = 'open-task000001-v1';

/** What is true of the order that the daemon gets no answer for. */
type Truth = 'never arrived' | 'filled' | 'open';

/** As the exchange does: a link id is taken once. */
const likeTheExchange: Behaviour = (order, account) => {
  if (account.orders.has(order.linkId)) throw new UnknownOutcome('duplicate link id', { orderExists: true });
  return fillAll(order, account);
};

const swallow =
  (truth: Truth, error: Error): Behaviour =>
  async (order, account) => {
    await Promise.resolve();
    if (truth !== 'never arrived') account.accept(order);
    if (truth === 'filled') account.fillSilently(order.linkId, order.qty);
    throw error;
  };

interface Story {
  readonly leg: 'close' | 'open';
  readonly truth: Truth;
  /** What no look-up finds out meanwhile, and why. */
  readonly lookUps: 'are not answered' | 'find nothing';
  readonly spec?: object;
}

/** A task whose leg has an order that nothing is known of. The order is not shown until `recover`. */
class Lost {
  readonly fixture: TaskFixture;
  readonly linkId: string;
  readonly #find: FixtureAccount['findOrder'];

  constructor({ leg, truth, lookUps, spec = {} }: Story) {
    this.fixture = new TaskFixture({ spec });
    const { account } = this.fixture;
    this.linkId = leg === 'close' ? close : open;
    const isTaken = lookUps === 'find nothing';
    const error = new UnknownOutcome('timeout', isTaken ? { orderExists: true } : {});
    const lost = swallow(truth, error);
    account.behaviours = leg === 'close' ? [lost, likeTheExchange] : [fillAll, lost, likeTheExchange];
    this.#find = account.findOrder.bind(account);
    account.findOrder = (ref): Promise<OrderSighting> => {
      if (ref.linkId !== this.linkId) return this.#find(ref);
      return isTaken
        ? Promise.resolve({ order: null, fills: [] })
        : Promise.reject(new Terminal('history is not available'));
    };
    account.cancel = async ({ linkId }, notAfterMs) => {
      if (this.fixture.clock.nowMs() > notAfterMs) throw new Retryable('too late', { retryAfterMs: 0 });
      await Promise.resolve();
      if (account.orders.get(linkId)?.report.status !== 'open')
        throw new Terminal('order not exists or too late to cancel', { scope: 'final' });
      account.fill(linkId, '0', 'cancelled');
    };
  }

  async begin(forMs = 5 * minuteMs): Promise<this> {
    await this.fixture.price('23500');
    await this.fixture.clock.advance(forMs);
    return this;
  }

  recover(): void {
    this.fixture.account.findOrder = this.#find;
  }

  async say(word: object, forMs = 0): Promise<string> {
    let text = 'no answer';
    const event = { commandId: 'c1', askedBy: 'user:7', linkId: this.linkId, fee: '0', ...word };
    this.fixture.task.send(event as never, ({ turn }) => {
      const [answer] = turn.answers;
      if (answer) text = `${answer.status}: ${answer.text}`;
    });
    await this.fixture.clock.advance(forMs);
    return text;
  }

  /** What each option's position has become, and what each leg has traded at the exchange. */
  async outcome(): Promise<object> {
    const { account, task } = this.fixture;
    const positions = await account.positions();
    return {
      positions: positions.map(({ side, qty, symbol }) => `${String(side)} ${qty} ${symbol}`),
      rollsDone: task.context.rollsDone,
      alive: [...account.orders.values()].filter(({ report }) => report.status === 'open').length,
    };
  }
}

const filledWith = (qty: string) => ({ type: 'MARKED_FILLED', qty, price: '905' });
const notPlaced = { type: 'MARKED_NOT_PLACED' };
const rolled = { positions: [`Sell 0.3 ${call25}`], rollsDone: 1, alive: 0 };

const linkIds = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ linkId }: OrderRequest) => linkId);

describe.each(['close', 'open'] as const)('the order to %s', (leg) => {
  const linkId = leg === 'close' ? close : open;
  const says = (lost: Lost) => lost.fixture.journal.records.find(({ eventJson }) => /MARKED/.test(eventJson));

  test.each<Truth>(['never arrived', 'filled', 'open'])(
    'said not to be placed goes out under its own id, and its truth being %s: the leg trades once',
    async (truth) => {
      const lost = await new Lost({ leg, truth, lookUps: 'are not answered' }).begin();
      expect(await lost.say(notPlaced)).toBe(
        `done: order ${linkId} is sent once more under its own id, which the exchange takes only once: if it was placed after all, that comes out, and it cannot be there twice`,
      );
      lost.recover();
      await lost.fixture.clock.advance(10 * minuteMs);
      await lost.fixture.price('23500');
      await lost.fixture.clock.advance(10 * minuteMs);
      expect(await lost.outcome()).toEqual(rolled);
      const sent = linkIds(lost.fixture).filter((one) => one === linkId);
      expect(sent).toHaveLength(2);
    },
  );

  test('said to be filled counts at the price that was said, with who said it in the journal', async () => {
    const lost = await new Lost({ leg, truth: 'filled', lookUps: 'find nothing' }).begin();
    expect(await lost.say(filledWith('0.3'), minuteMs)).toBe(
      `done: order ${linkId} counts as filled: 0.3 at 905; the roll goes on from there`,
    );
    expect(await lost.outcome()).toEqual(rolled);
    const { lastRoll } = lost.fixture.task.context;
    expect(lastRoll?.[leg === 'close' ? 'closed' : 'opened']).toMatchObject({ value: '271.5', fee: '0' });
    expect(JSON.parse(says(lost)?.eventJson ?? '{}')).toMatchObject({
      type: 'MARKED_FILLED',
      linkId,
      qty: '0.3',
      price: '905',
      askedBy: 'user:7',
    });
  });

  test.each<[Truth, string]>([
    ['filled', '0'],
    ['filled', '0.1'],
    ['open', '0.3'],
  ])(
    'in truth %s, said to have traded %s against what the position shows, is refused',
    async (truth, qty) => {
      const lost = await new Lost({ leg, truth, lookUps: 'find nothing' }).begin();
      const before = lost.fixture.journal.version;
      expect(await lost.say(filledWith(qty))).toMatch(
        /^refused: the account held .* that fits (0|0\.3) traded/,
      );
      expect(lost.fixture.journal.version).toBe(before);
    },
  );

  test('said to have traded nothing is ended first, and the leg is tried again under a new id', async () => {
    const lost = await new Lost({ leg, truth: 'never arrived', lookUps: 'find nothing' }).begin();
    expect(await lost.say(filledWith('0'), 10 * minuteMs)).toContain('done: order');
    await lost.fixture.price('23500');
    await lost.fixture.clock.advance(10 * minuteMs);
    expect(await lost.outcome()).toEqual(rolled);
    expect(linkIds(lost.fixture).filter((one) => one === linkId)).toHaveLength(1);
  });

  test('said to have traded nothing, and alive in truth, is cancelled before the leg is tried again', async () => {
    const lost = await new Lost({ leg, truth: 'open', lookUps: 'find nothing' }).begin();
    await lost.say(filledWith('0'), 10 * minuteMs);
    await lost.fixture.price('23500');
    await lost.fixture.clock.advance(10 * minuteMs);
    expect(await lost.outcome()).toEqual(rolled);
  });

  test('said to have traded nothing, and filled before it could be cancelled, is not traded again', async () => {
    const lost = await new Lost({ leg, truth: 'open', lookUps: 'find nothing' }).begin();
    const { account } = lost.fixture;
    const cancel = account.cancel.bind(account);
    account.cancel = (ref, notAfterMs) => {
      if (account.orders.get(linkId)?.report.status === 'open') account.fillSilently(linkId, '0.3');
      return cancel(ref, notAfterMs);
    };
    await lost.say(filledWith('0'), 10 * minuteMs);
    expect(linkIds(lost.fixture).filter((one) => one !== close || leg === 'close')).toEqual([linkId]);
    lost.recover();
    await lost.fixture.clock.advance(10 * minuteMs);
    expect(await lost.outcome()).toEqual(rolled);
  });

  test.each<[string, Story, object]>([
    ['not placed', { leg, truth: 'filled', lookUps: 'are not answered' }, notPlaced],
    ['not placed, which is true', { leg, truth: 'never arrived', lookUps: 'are not answered' }, notPlaced],
    ['filled', { leg, truth: 'filled', lookUps: 'find nothing' }, filledWith('0.3')],
    ['nothing traded', { leg, truth: 'open', lookUps: 'find nothing' }, filledWith('0')],
  ])('said to be %s trades once whenever the daemon dies after that', async (_, story, word) => {
    const calm = await new Lost(story).begin();
    const said = calm.fixture.journal.records.length;
    for (let crashAt = said + 1; crashAt <= said + 6; crashAt += 1) {
      const lost = await new Lost(story).begin();
      lost.fixture.crashAfter(crashAt);
      await lost.say(word);
      if (story.lookUps === 'are not answered') lost.recover();
      await lost.fixture.clock.advance(10 * minuteMs);
      await lost.fixture.price('23500');
      await lost.fixture.clock.advance(10 * minuteMs);
      expect(await lost.outcome(), `crash after ${crashAt}`).toEqual(rolled);
    }
  });
});

describe('the word is refused', () => {
  test('for another order than the one that is searched for', async () => {
    const lost = await new Lost({ leg: 'open', truth: 'filled', lookUps: 'find nothing' }).begin();
    expect(await lost.say({ ...filledWith('0.3'), linkId: close })).toBe(
      `refused: order ${close} is over; ${open} is being worked now: look at it first`,
    );
  });

  test('as filled while no look-up is answered', async () => {
    const lost = await new Lost({ leg: 'open', truth: 'filled', lookUps: 'are not answered' }).begin();
    expect(await lost.say(filledWith('0.3'))).toBe(
      `refused: no look-up of order ${open} is answered (history is not available), so the account does not show whether that is so; say it again when the exchange answers`,
    );
  });

  test('before the order was searched for a minute', async () => {
    const lost = await new Lost({ leg: 'open', truth: 'filled', lookUps: 'find nothing' }).begin(5_000);
    expect(await lost.say(filledWith('0.3'))).toMatch(
      /^refused: order \S+ has been searched for [45] s only/,
    );
  });

  test('for an order that the exchange has reported meanwhile', async () => {
    const lost = await new Lost({ leg: 'open', truth: 'open', lookUps: 'find nothing' }).begin();
    lost.recover();
    await lost.fixture.clock.advance(minuteMs);
    expect(await lost.say(notPlaced)).toBe('no answer');
    expect(await lost.outcome()).toEqual(rolled);
  });

  test('while no order is worked, and not understood by a task that is not rolling', async () => {
    const waiting = new TaskFixture();
    waiting.account.behaviours = [fillAll, () => Promise.reject(new Terminal('no', { scope: 'margin' }))];
    await waiting.price('23500');
    let answer: unknown = null;
    waiting.task.send({ type: 'MARKED_NOT_PLACED', commandId: 'c', linkId: open }, ({ turn }) => {
      answer = turn.answers[0]?.text;
    });
    expect(answer).toBe('no order is being worked');
    const idle = new TaskFixture();
    idle.task.send({ type: 'MARKED_NOT_PLACED', commandId: 'c', linkId: open }, ({ turn }) => {
      answer = turn.answers;
    });
    expect(answer).toEqual([]);
  });
});

test('what the exchange says of an order that its owner has ended changes nothing any more', async () => {
  const lost = await new Lost({ leg: 'open', truth: 'filled', lookUps: 'find nothing' }).begin();
  await lost.say(filledWith('0.3'), minuteMs);
  const { account, task } = lost.fixture;
  const before = JSON.stringify(task.context.ledger);
  const { report, fills } = account.orders.get(open) ?? { report: null, fills: [] };
  if (report) account.listener?.order(report);
  for (const fill of fills) account.listener?.fill(fill);
  expect(JSON.stringify(task.context.ledger)).toBe(before);
  expect(await lost.outcome()).toEqual({ ...rolled, positions: [`Sell 0.3 ${call25}`] });
});
