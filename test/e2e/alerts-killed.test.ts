/** Ten thousand alerts at once, through twenty kills of the process that delivers them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deliverers } from '../support/deliverers.ts';
import { DeliveryFixture, numbered, type Person } from '../support/delivery-fixture.ts';
import { openReceiver, type Receiver, type Received } from '../support/receiver.ts';

const peopleTotal = 5;
const tasksTotal = 20;
const alertsOfTask = 100;
const alertsOfTurn = 25;
const kills = 20;
const alertsTotal = peopleTotal * tasksTotal * alertsOfTask;

let fixture: DeliveryFixture;
let receiver: Receiver;
let deliverers: Deliverers;
let people: readonly Person[];
beforeAll(async () => {
  [fixture, receiver] = [await DeliveryFixture.open(), await openReceiver()];
  deliverers = new Deliverers(fixture.database.url);
  people = await Promise.all(Array.from({ length: peopleTotal }, () => fixture.person(tasksTotal)));
  for (const person of people) await fixture.webhook(person, `${receiver.url}/${person.userName}`);
});
afterAll(async () => {
  await deliverers.close();
  await fixture.close();
  await receiver.close();
});

const numberOf = ({ body }: Received): { readonly task: string; readonly n: number; readonly id: string } => {
  const { data } = JSON.parse(body) as {
    data: { figures: { n: number }; taskId: string; id: string };
  };
  return { task: data.taskId, n: data.figures.n, id: data.id };
};

async function alertAll(): Promise<void> {
  const tasks = people.flatMap((person) => person.taskIds.map((taskId) => ({ person, taskId })));
  await Promise.all(
    tasks.map(async ({ person, taskId }) => {
      for (let n = 1; n <= alertsOfTask; n += alertsOfTurn)
        await fixture.alert(
          person,
          taskId,
          ...Array.from({ length: alertsOfTurn }, (_, at) => numbered(n + at)),
        );
    }),
  );
}

/** Kills the process that delivers each time so much more has arrived, and starts another one in its place. */
async function killAlongTheWay(): Promise<void> {
  for (let kill = 1; kill <= kills; kill += 1) {
    const enough = (kill * alertsTotal) / (kills + 1);
    await expect
      .poll(() => receiver.received.length >= enough && deliverers.delivering !== null, { interval: 5 })
      .toBe(true);
    expect(await deliverers.kill()).toBe(true);
    void deliverers.start();
  }
}

describe('Ten thousand alerts', () => {
  it('arrive in order and without a loss, although the process that delivers is killed twenty times', async () => {
    for (let spare = 0; spare < 2; spare += 1) await deliverers.start();
    await Promise.all([alertAll(), killAlongTheWay()]);
    await expect
      .poll(async () => (await fixture.deliveries()).every(({ state }) => state === 'delivered'), {
        interval: 500,
      })
      .toBe(true);

    const last = new Map<string, number>();
    const ids = new Set<string>();
    let repeats = 0;
    for (const one of receiver.received) {
      const { task, n, id } = numberOf(one);
      const before = last.get(task) ?? 0;
      // The next one, or once more the one that was under way when its process was killed.
      expect([before, before + 1]).toContain(n);
      if (n === before) repeats += 1;
      last.set(task, n);
      ids.add(id);
    }
    expect([...last.values()].filter((n) => n === alertsOfTask)).toHaveLength(peopleTotal * tasksTotal);
    expect(ids.size).toBe(alertsTotal);
    expect(deliverers.turns).toBeGreaterThan(kills);
    // At most what was under way at each kill.
    expect(repeats).toBeLessThanOrEqual(kills * peopleTotal * 4);
  });
});
