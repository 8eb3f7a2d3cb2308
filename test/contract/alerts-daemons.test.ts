/** Several daemons, one of which delivers; the turn changes hands; and nothing that was written holds an address. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Heartbeat } from '../../src/alerts/heartbeat.ts';
import { openTrial } from '../../src/alerts/trial.ts';
import { addChannel } from '../../src/application/add-channel.ts';
import { operator } from '../../src/application/caller.ts';
import { listAlerts } from '../../src/application/list-alerts.ts';
import { listChannels } from '../../src/application/list-channels.ts';
import { removeChannel } from '../../src/application/remove-channel.ts';
import { testChannel } from '../../src/application/test-channel.ts';
import { recordOptions } from '../../src/telemetry/logger.ts';
import { query, temporaryDirectory } from '../support/database.ts';
import { DeliveryFixture, numbered, type Person } from '../support/delivery-fixture.ts';
import { openMailServer, smtpError } from '../support/mail-server.ts';
import { answerWith, misbehaviours, openReceiver, type Receiver } from '../support/receiver.ts';

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

describe('Of two daemons', () => {
  it('one delivers; the other takes over when that one closes, or when the database ends its session', async () => {
    await fixture.webhook(person, receiver.url);
    const [first, second] = [await fixture.daemon(), await fixture.daemon()];
    await expect.poll(() => [first, second].filter(({ isDelivering }) => isDelivering).length).toBe(1);
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(() => receiver.received.length).toBe(1);

    const [busy, idle] = first.isDelivering ? [first, second] : [second, first];
    await query(
      fixture.database.url,
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND granted AND classid::bigint = 1380646960
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await expect.poll(() => busy.isDelivering).toBe(false);
    await expect.poll(() => [busy, idle].filter(({ isDelivering }) => isDelivering).length).toBe(1);
    await fixture.alert(person, taskId, numbered(2));
    await expect.poll(() => receiver.received.length).toBe(2);

    const [last, other] = busy.isDelivering ? [busy, idle] : [idle, busy];
    await last.close();
    await expect.poll(() => other.isDelivering).toBe(true);
    await fixture.alert(person, taskId, numbered(3));
    await expect.poll(() => receiver.received.length).toBe(3);
  });

  it('that loses its turn in the middle of an attempt, drops it, and the other one repeats it', async () => {
    await fixture.webhook(person, receiver.url);
    receiver.respond = misbehaviours.hangs;
    const limits = { timeoutMs: 60_000 };
    const first = await fixture.daemon({ limits });
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(() => receiver.received.length).toBe(1);
    receiver.respond = answerWith(200);
    await first.close();
    await fixture.daemon({ limits });
    await expect.poll(async () => (await fixture.deliveries())[0]?.state).toBe('delivered');
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('A heartbeat', () => {
  it('is sent while the daemon does its work, and says so when it cannot', async () => {
    const lines: string[] = [];
    const note = (words: object, message: string): void => void lines.push(message + JSON.stringify(words));
    let problem: string | null = null;
    const heartbeat = new Heartbeat({
      url: `${receiver.url}/TOP-SECRET-PATH`,
      everyMs: 30,
      problem: () => problem,
      log: { debug: note, info: note, warn: note, error: note },
    });
    heartbeat.start();
    await expect.poll(() => receiver.received.length).toBeGreaterThan(2);
    receiver.respond = answerWith(500, 'TOP-SECRET-PATH');
    await expect.poll(() => lines).toEqual(['the heartbeat was not taken{"reason":"it answered 500"}']);
    receiver.respond = answerWith(200);
    await expect.poll(() => lines.length).toBe(2);
    problem = 'the journal cannot write';
    await expect.poll(() => lines.length).toBe(3);
    const silentFrom = receiver.received.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(receiver.received.length - silentFrom).toBeLessThanOrEqual(1);
    await heartbeat.close();
    expect(lines.join('\n')).not.toContain('SECRET');
  });
});

const marked = 'MARKED-SECRET';
const secretsOf = (url: string): readonly { kind: string; address: string; secret: string | null }[] => [
  { kind: 'webhook', address: `${url}/${marked}-hook`, secret: `whsec_${'M4RKEDSECRET'.repeat(4)}` },
  { kind: 'ntfy', address: `${url}/${marked}-topic`, secret: `tk_${marked}-token` },
  { kind: 'slack', address: `${url}/services/${marked}-slack`, secret: null },
  { kind: 'discord', address: `${url}/api/${marked}-discord?wait=${marked}`, secret: null },
  { kind: 'apprise', address: `${url}/notify/${marked}-apprise`, secret: null },
  { kind: 'email', address: `${marked}@example.com`, secret: null },
];

describe('Addresses with secrets', () => {
  it('appear in nothing that is written, whatever fails', async () => {
    const folder = await temporaryDirectory();
    const logFile = join(folder, 'log');
    const log = pino({ ...recordOptions, level: 'trace' }, pino.destination({ dest: logFile, sync: true }));
    const mailServer = await openMailServer({
      onRcptTo: ({ address }, _session, done) => done(smtpError(451, `${address} is not known`)),
    });
    const mail = {
      smtpUrl: `smtp://${marked}:${marked}@127.0.0.1:${mailServer.port}`,
      from: 'a@example.com',
    };
    const trial = openTrial({ mail, permitted: ['127.0.0.1'], telegram: null });
    const ports = { ...fixture.store, trial };
    const said: unknown[] = [];
    for (const { kind, ...given } of secretsOf(receiver.url)) {
      const { userName } = person;
      said.push(await addChannel(operator, ports, { userName, name: kind, kind, given, settings: {} }));
      const bad = { address: `${marked} ${given.address}`, secret: `${marked} x` };
      said.push(
        await addChannel(operator, ports, { userName, name: 'bad', kind, given: bad, settings: {} }).catch(
          String,
        ),
      );
    }
    await fixture.daemon({ mail, log, limits: { timeoutMs: 200 } });
    const echo: Receiver['respond'] = (response, { path, headers, body }) =>
      answerWith(400, `${path} ${JSON.stringify(headers)} ${body}`)(response, undefined as never);
    for (const respond of [
      ...Object.values(misbehaviours),
      echo,
      answerWith(302, '', { location: `/${marked}` }),
    ]) {
      receiver.respond = respond;
      await fixture.alert(person, taskId, numbered(1, 'critical'));
      const { userName } = person;
      const trials = secretsOf(receiver.url).map(({ kind }) =>
        testChannel(operator, ports, { name: kind, userName }),
      );
      said.push(...(await Promise.all(trials)));
    }
    await expect
      .poll(async () => (await fixture.deliveries()).filter(({ state }) => state === 'dead').length)
      .toBeGreaterThan(20);
    said.push(await listChannels(operator, ports), await listAlerts(operator, ports, { limit: 500 }));
    said.push(await removeChannel(operator, ports, { name: 'ntfy', userName: person.userName }));
    const rows = await Promise.all(
      ['channels', 'deliveries', 'alerts', 'audit', 'users'].map((table) =>
        query(fixture.database.url, `SELECT row_to_json(t) AS row FROM ${table} AS t`),
      ),
    );
    await trial.close();
    await mailServer.close();
    const written = [readFileSync(logFile, 'utf8'), JSON.stringify(said), JSON.stringify(rows)];
    for (const text of written) {
      expect(text.length).toBeGreaterThan(100);
      expect(text).not.toMatch(/MARKED|M4RKED/i);
    }
    await rm(folder, { recursive: true });
  });
});
