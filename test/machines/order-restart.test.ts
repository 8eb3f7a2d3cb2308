/**
 * An order survives a restart in every state it can be stored in: brought back from that very record it ends with what
 * the exchange executed, and the exchange never gets a second order under its id.
 */
import { describe, expect, test } from 'vitest';
import { Retryable, Terminal } from '../../src/domain/errors.ts';
import { stateName } from '../../src/domain/state-name.ts';
import { fillAll, fillPart, stayOpen, TaskFixture, type Behaviour } from '../support/task-fixture.ts';

const link = 'close-task000001-v1';
/** Every state of the order machine in which it waits for something, and may be stored. */
const storedStates = [
  'submitting',
  'delaying',
  'pricing',
  'working',
  'repricing.quoting',
  'repricing.amending',
  'cancelling',
  'awaitingEnd',
  'verifying',
  'resolving.lookingUp',
  'resolving.waiting',
];

/** Few and long steps, because every one of them is crashed in. */
const execution = { every: '20s', steps: 2, deadline: '50s' };

interface Scene {
  readonly fixture: TaskFixture;
  /** Link ids in the order in which the exchange took them. */
  readonly accepted: string[];
}

/** Builds a market; `accept` stands for the exchange taking an order. */
type Market = (scene: Scene, accept: (behaviour: Behaviour) => Behaviour) => void;

const busy: Behaviour = () => {
  throw new Retryable('not traded at this moment', { retryAfterMs: 15_500 });
};

/** What the exchange does when an order is cancelled that still is open. */
function onCancel({ fixture }: Scene, end: () => void): void {
  const { account } = fixture;
  account.cancel = async ({ linkId }) => {
    await Promise.resolve();
    account.cancelled.push(linkId);
    if (account.orders.get(linkId)?.report.status !== 'open')
      throw new Terminal('the order is gone', { scope: 'final' });
    end();
  };
}

const markets: Record<string, Market> = {
  'there is no seller, and the end is not reported': (scene, accept) => {
    const { account } = scene.fixture;
    account.behaviours = [busy, accept(stayOpen)];
    onCancel(scene, () => {
      account.fillSilently(link, '0', 'cancelled');
      account.isBlind = true;
      scene.fixture.clock.alarm(scene.fixture.clock.nowMs() + 2_200, () => (account.isBlind = false));
    });
  },
  'a part trades at the end, and only the end of the order is reported': (scene, accept) => {
    const { account } = scene.fixture;
    account.behaviours = [accept(stayOpen), accept(fillAll)];
    onCancel(scene, () => {
      account.fillSilently(link, '0.1', 'cancelled');
      const order = account.orders.get(link);
      if (order) account.listener?.order(order.report);
    });
  },
  'all trades while it is being cancelled, and nothing is reported': (scene, accept) => {
    const { account } = scene.fixture;
    account.behaviours = [accept(stayOpen), accept(fillAll)];
    onCancel(scene, () => account.fillSilently(link, '0.3'));
  },
  'the answer of the submit is lost': (scene, accept) => {
    const { account } = scene.fixture;
    const lost: Behaviour = async (order) => {
      await accept(fillPart('0.1'))(order, account);
      throw new Error('socket hang up');
    };
    account.behaviours = [lost, accept(fillAll)];
  },
};

function open(market: Market): Scene {
  const scene: Scene = { fixture: new TaskFixture({ spec: { execution } }), accepted: [] };
  market(scene, (behaviour) => (order, account) => {
    scene.accepted.push(order.linkId);
    return behaviour(order, account);
  });
  return scene;
}

async function live({ fixture }: Scene): Promise<void> {
  await fixture.price('23500');
  await fixture.clock.advance(100_000);
}

/** Kills the task as soon as its n-th record is committed, before the commit is acknowledged; turns that wait are lost. */
function crashAfter(fixture: TaskFixture, crashAt: number): void {
  const commit = fixture.journal.commit.bind(fixture.journal);
  const never = new Promise<never>(() => {});
  let life = 1;
  let queue: Promise<unknown> = Promise.resolve();
  fixture.journal.commit = (record) => {
    const bornIn = life;
    const turn = queue.then(async () => {
      if (bornIn !== life) await never;
      await commit(record);
      if (fixture.journal.records.length !== crashAt) return;
      life += 1;
      queue = Promise.resolve();
      fixture.restart();
      await never;
    });
    queue = turn;
    return turn;
  };
}

function orderState(snapshotJson: string): string | null {
  const { children } = JSON.parse(snapshotJson) as {
    children: Record<string, { snapshot: { value?: unknown } } | undefined>;
  };
  const value = (children['leg 1'] ?? children['leg 2'])?.snapshot.value;
  return value === undefined ? null : stateName(value);
}

const ending = ({ fixture }: Scene) => ({
  executed: [...fixture.account.orders.values()].map(
    ({ request, report }) => `${request.linkId} ${request.side} ${request.symbol} ${report.executedQty}`,
  ),
  held: fixture.task.context.held,
  rollsDone: fixture.task.context.rollsDone,
});

const crashedIn = new Set<string | null>();

describe.each(Object.entries(markets))('where %s', (_, market) => {
  test('a restart after any record ends as if there had been none', async () => {
    const whole = open(market);
    await live(whole);
    const { records } = whole.fixture.journal;
    expect(whole.fixture.task.context.roll).toBeNull();
    for (let crashAt = 1; crashAt <= records.length; crashAt += 1) {
      const scene = open(market);
      crashAfter(scene.fixture, crashAt);
      await live(scene);
      const record = scene.fixture.journal.records[crashAt - 1];
      const at = `crash after record ${crashAt}, order ${String(record && orderState(record.snapshotJson))}`;
      expect(ending(scene), at).toEqual(ending(whole));
      expect(scene.accepted, at).toEqual([...new Set(scene.accepted)]);
      if (record) crashedIn.add(orderState(record.snapshotJson));
    }
  });
});

test('these restarts hit every state in which an order waits', () => {
  expect([...crashedIn].filter((state) => state !== null).sort()).toEqual([...storedStates].sort());
});
