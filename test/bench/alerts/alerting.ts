/** A thousand users with a channel each, a receiver, and a process that delivers: alerts are committed here and timed. */
import { Deliverers } from '../../support/deliverers.ts';
import { DeliveryFixture, numbered, type Person } from '../../support/delivery-fixture.ts';
import { openReceiver } from '../../support/receiver.ts';

export interface Alerting {
  /** One alert after another, every few ms. @returns ms from commit to request, each */
  steady(alerts: number): Promise<number[]>;
  /** All of them at once, of different accounts. */
  herd(alerts: number): Promise<number[]>;
  close(): Promise<void>;
}

const betweenMs = 5;

export async function openAlerting(accounts: number): Promise<Alerting> {
  const [fixture, receiver] = [await DeliveryFixture.open(), await openReceiver()];
  const people: Person[] = [];
  for (let made = 0; made < accounts; made += 1) {
    const person = await fixture.person();
    await fixture.webhook(person, `${receiver.url}/${made}`);
    people.push(person);
  }
  const deliverers = new Deliverers(fixture.database.url);
  await deliverers.start();

  let next = 0;
  const arrivals = new Map<number, (atMs: number) => void>();
  receiver.respond = (response, { body, atMs }) => {
    response.end();
    const { data } = JSON.parse(body) as { readonly data: { readonly figures: { readonly n: number } } };
    arrivals.get(data.figures.n)?.(atMs);
    arrivals.delete(data.figures.n);
  };
  const alert = async (): Promise<number> => {
    const n = (next += 1);
    // Different accounts, one after another.
    const person = people[(n * 7) % people.length];
    if (!person) throw new Error('there is nobody');
    const arrived = new Promise<number>((resolve) => arrivals.set(n, resolve));
    await fixture.alert(person, person.taskIds[0] ?? '', numbered(n));
    const committedMs = Date.now();
    // It may arrive before this process has noticed its own commit.
    return Math.max(0, (await arrived) - committedMs);
  };
  return {
    steady: async (alerts) => {
      const waiting: Promise<number>[] = [];
      for (let sent = 0; sent < alerts; sent += 1) {
        waiting.push(alert());
        await new Promise((resolve) => setTimeout(resolve, betweenMs));
      }
      return Promise.all(waiting);
    },
    herd: (alerts) => Promise.all(Array.from({ length: alerts }, alert)),
    close: async () => {
      await deliverers.close();
      await fixture.close();
      await receiver.close();
    },
  };
}
