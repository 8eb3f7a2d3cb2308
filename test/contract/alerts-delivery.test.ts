/** Alerts from the outbox to a receiver on a real socket: once at least, in order, and whatever the receiver does. */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualBackOff } from '../../src/alerts/back-off.ts';
import { DeliveryFixture, numbered, webhookSecret, type Person } from '../support/delivery-fixture.ts';
import {
  answerWith,
  misbehaviours,
  openReceiver,
  type Receiver,
  type Received,
} from '../support/receiver.ts';

let fixture: DeliveryFixture;
let receiver: Receiver;
let person: Person;
let taskId: string;
beforeEach(async () => {
  [fixture, receiver] = [await DeliveryFixture.open(), await openReceiver()];
  person = await fixture.person();
  taskId = person.taskIds[0] ?? '';
});
afterEach(async () => {
  await fixture.close();
  await receiver.close();
});

interface Payload {
  readonly data: {
    readonly figures: { readonly n: number };
    readonly text: string;
    readonly severity: string;
    readonly silent: boolean;
    readonly taskId: string;
  };
}
const payloadOf = ({ body }: Received): Payload => JSON.parse(body) as Payload;
const numbers = (): number[] => receiver.received.map((one) => payloadOf(one).data.figures.n);
const states = async (): Promise<string[]> => (await fixture.deliveries()).map(({ state }) => state);

describe('The backlog', () => {
  it('is what is not divided among channels yet, then what waits and since when, then what was given up', async () => {
    const backlog = () => fixture.store.system.outboxBacklog();
    expect(await backlog()).toEqual({ waiting: 0, oldestMs: 0, dead: 0, unplannedSinceMs: null });
    receiver.respond = answerWith(500);
    await fixture.webhook(person, `${receiver.url}/hook`);
    const beforeMs = Date.now();
    await fixture.alert(person, taskId, numbered(1));
    const { unplannedSinceMs } = await backlog();
    expect(unplannedSinceMs).toBeGreaterThanOrEqual(beforeMs);
    expect(await backlog()).toMatchObject({ waiting: 0, dead: 0 });
    await fixture.daemon();
    await expect.poll(async () => (await backlog()).waiting).toBe(1);
    const { oldestMs, unplannedSinceMs: none } = await backlog();
    expect([none, oldestMs >= 0, oldestMs < 60_000]).toEqual([null, true, true]);
    await expect.poll(backlog).toEqual({ waiting: 0, oldestMs: 0, dead: 1, unplannedSinceMs: null });
  });
});

describe('An alert', () => {
  it('reaches a webhook signed, within moments, with its text', async () => {
    await fixture.webhook(person, `${receiver.url}/hook`);
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(() => receiver.received.length).toBe(1);
    const [{ body, headers }] = receiver.received as [Received];
    expect(new Webhook(webhookSecret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'alert.leg1HasRest',
      data: { severity: 'warning', account: { id: person.accountId, name: 'main' }, taskId },
    });
    expect(payloadOf(receiver.received[0] as Received).data.text).toMatch(
      /^Warning · main\nRoll r1: 1 of 2 BTC is not closed yet: .*\n\d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
    );
    await expect.poll(states).toEqual(['delivered']);
    expect((await fixture.store.tasks.showTask(taskId))?.alerts).toMatchObject([{ delivered: true }]);
  });

  it('that no channel wants is no work, and a channel that is added later is not sent the past', async () => {
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1));
    await expect
      .poll(async () => (await fixture.store.tasks.showTask(taskId))?.alerts)
      .toMatchObject([{ delivered: true }]);
    await fixture.webhook(person, receiver.url);
    await fixture.alert(person, taskId, numbered(2));
    await expect.poll(numbers).toEqual([2]);
    expect(await states()).toHaveLength(1);
  });

  it('is repeated under its id until it is taken, and those of its task wait for it', async () => {
    await fixture.webhook(person, receiver.url);
    let refusals = 3;
    receiver.respond = (response) => answerWith(refusals-- > 0 ? 500 : 200)(response, undefined as never);
    await fixture.daemon();
    for (const n of [1, 2, 3]) await fixture.alert(person, taskId, numbered(n));
    await expect.poll(states).toEqual(['delivered', 'delivered', 'delivered']);
    expect(numbers()).toEqual([1, 1, 1, 1, 2, 3]);
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3);
  });

  it('is given up after so many attempts, passes the others on, and is sent again when asked for', async () => {
    await fixture.webhook(person, receiver.url);
    receiver.respond = (response, one) =>
      answerWith(payloadOf(one).data.figures.n === 1 ? 503 : 200)(response, one);
    await fixture.daemon();
    for (const n of [1, 2]) await fixture.alert(person, taskId, numbered(n));
    await expect.poll(states).toEqual(['dead', 'delivered']);
    expect(await fixture.deliveries()).toMatchObject([{ tries: 5, said: 'answered 503' }, { tries: 1 }]);
    receiver.respond = answerWith(200);
    expect(await fixture.store.outbox.retry(null)).toHaveLength(1);
    await expect.poll(states).toEqual(['delivered', 'delivered']);
  });

  it('that the receiver will never take is given up at once', async () => {
    await fixture.webhook(person, receiver.url);
    receiver.respond = answerWith(404, 'no such hook');
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(states).toEqual(['dead']);
    expect(await fixture.deliveries()).toMatchObject([{ tries: 1, said: 'answered 404: no such hook' }]);
  });

  it('waits as long as the receiver asks for', async () => {
    await fixture.webhook(person, receiver.url);
    let isFirst = true;
    receiver.respond = (response, one) => {
      answerWith(isFirst ? 429 : 200, '', { 'retry-after': '1' })(response, one);
      isFirst = false;
    };
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(states).toEqual(['delivered']);
    const [first, second] = receiver.received as [Received, Received];
    expect(second.atMs - first.atMs).toBeGreaterThanOrEqual(995);
  });

  it('is not used up by a receiver that asks for no wait, again and again', async () => {
    await fixture.webhook(person, receiver.url);
    receiver.respond = answerWith(429, '', { 'retry-after': '0' });
    await fixture.daemon({ limits: { backOff: usualBackOff } });
    await fixture.alert(person, taskId, numbered(1));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await states()).toEqual(['waiting']);
    // At 0, and at the earliest after 0.5 s, 1 s and 2 s more.
    expect(receiver.received.length).toBeLessThanOrEqual(3);
  });

  for (const [name, respond] of Object.entries(misbehaviours))
    it(`survives a receiver that ${name}`, async () => {
      await fixture.webhook(person, receiver.url);
      receiver.respond = respond;
      await fixture.daemon({ limits: { timeoutMs: 3_000 } });
      await fixture.alert(person, taskId, numbered(1));
      await expect.poll(() => receiver.received.length).toBeGreaterThan(0);
      if (name === 'neverEnds') {
        await expect.poll(states).toEqual(['delivered']);
        return;
      }
      await expect.poll(async () => (await fixture.deliveries())[0]?.tries).toBeGreaterThan(0);
      receiver.respond = answerWith(200);
      await expect.poll(states).toEqual(['delivered']);
    });
});
