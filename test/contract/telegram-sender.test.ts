/** Alerts in a chat: what Telegram says becomes an outcome, questions lose their buttons, and the token is nowhere. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OutgoingAlert } from '../../src/ports/channels.ts';
import { TelegramApi } from '../../src/telegram/api.ts';
import { TelegramSender } from '../../src/telegram/sender.ts';
import { proxiedFetch, type ProxiedFetch } from '../../src/net/proxied-fetch.ts';
import type { Store } from '../../src/store/store.ts';
import { BotApi, type Actor } from '../support/bot-api/server.ts';
import { createTestDatabase, openTestStore, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let store: Store;
let server: BotApi;
let web: ProxiedFetch;
let sender: TelegramSender;
let ann: Actor;
let people = 10;

beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url);
  server = await BotApi.start();
  web = proxiedFetch({ proxyUrl: null, bytesMax: 100_000, silenceMaxMs: 5_000 });
  const api = new TelegramApi({ token: server.token, apiUrl: server.url, fetch: web.fetch, timeoutMs: 500 });
  sender = new TelegramSender({ api, memory: store.botMemory(api.botId) });
});
afterAll(async () => {
  await web.close();
  await server.close();
  await store.close();
  await database.drop();
});
beforeEach(() => {
  ann = server.person((people += 1), 'Ann');
});

const alert = (changes: Partial<OutgoingAlert> = {}): OutgoingAlert => ({
  id: 'd1',
  severity: 'warning',
  code: 'notRolled',
  figures: {},
  accountId: '1',
  accountName: 'main',
  taskId: 'abcdefghij',
  text: 'Not rolled: <b>x</b> @everyone https://evil.example /halt',
  atMs: 0,
  isSilent: false,
  ...changes,
});
const send = (changes: Partial<OutgoingAlert> = {}, chatId = String(ann.chat.id)) =>
  sender.send(alert(changes), { chatId, topicId: null }, AbortSignal.timeout(5_000));
const texts = (): string[] => ann.chat.messages().map(({ text }) => text);

describe('an alert', () => {
  test('arrives as plain text in which nothing mentions, links or commands', async () => {
    expect(await send({ isSilent: true })).toEqual({ kind: 'delivered', reference: '1' });
    const [message] = ann.chat.messages();
    expect(message?.isSilent).toBe(true);
    expect(message?.text).toContain('<b>x</b>');
    expect(message?.text).not.toMatch(/@everyone|https:\/\/|\s\/halt/);
    expect(message?.text).toContain('\n/task abcdefghij');
  });

  test('that is too long is shortened to one message', async () => {
    expect((await send({ text: 'word '.repeat(3_000) })).kind).toBe('delivered');
    expect(texts()).toHaveLength(1);
  });

  test('waits as long as Telegram says', async () => {
    ann.chat.flood(3);
    expect(await send()).toMatchObject({ kind: 'later', retryAfterMs: 3_000 });
  });

  test('is refused for ever by a person who has blocked the bot, and by a chat that is not there', async () => {
    ann.chat.barred = 'bot was blocked by the user';
    expect(await send()).toMatchObject({ kind: 'refused' });
    expect(await send({}, '777777')).toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['a reset', { kind: 'reset' }],
    ['silence', { kind: 'hang' }],
    ['a page', { kind: 'answer', status: 502, body: '<html>' }],
    [
      'an answer without an end',
      { kind: 'answer', status: 200, body: `{"ok":true,"x":"${'y'.repeat(200_000)}"}` },
    ],
    [
      'a wrong token',
      { kind: 'answer', status: 401, body: '{"ok":false,"error_code":401,"description":"Unauthorized"}' },
    ],
  ] as const)('is tried later after %s, and no word of the outcome has the token', async (_, fault) => {
    server.fail('sendMessage', fault);
    const outcome = await send();
    expect(outcome.kind).toBe('later');
    expect(JSON.stringify(outcome)).not.toContain(server.token.slice(8));
  });
});

describe('a question whether to roll', () => {
  const wanted = { code: 'approvalWanted', text: 'Roll A to B?' };
  const over = { code: 'approvalOver', text: 'Rolled: ann said so.' };
  const figures = (approvalId: string): Partial<OutgoingAlert> => ({
    figures: { approvalId, to: ['B'] },
  });

  test('has two buttons, and loses them when it is over', async () => {
    await send({ ...wanted, ...figures('q1') });
    const [message] = ann.chat.messages();
    const labels = () => message?.reply_markup?.inline_keyboard?.flat().map(({ text }) => text);
    expect(labels()).toEqual(['Roll', 'Skip']);
    await send({ ...over, ...figures('q1') });
    expect(labels()).toBeUndefined();
    expect(message?.text).toContain('ann said so');
    expect(texts()).toHaveLength(1);
  });

  test('that is sent again after it was delivered is not shown twice', async () => {
    await send({ ...wanted, ...figures('q2') });
    expect(await send({ ...wanted, ...figures('q2') })).toEqual({ kind: 'delivered', reference: '1' });
    expect(texts()).toHaveLength(1);
  });

  test('whose message was deleted ends with a message of its own', async () => {
    await send({ ...wanted, ...figures('q3') });
    ann.chat.delete(1);
    await send({ ...over, ...figures('q3') });
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain('ann said so');
  });
});

test('a proxy is used, and a wrong one says nothing of its password', async () => {
  const through = proxiedFetch({
    proxyUrl: 'http://user:MARKEDPASSWORD@127.0.0.1:9',
    bytesMax: 1_000,
    silenceMaxMs: 1_000,
  });
  const api = new TelegramApi({
    token: server.token,
    apiUrl: server.url,
    fetch: through.fetch,
    timeoutMs: 2_000,
  });
  const error: unknown = await api.call('getMe', undefined).catch((failure: unknown) => failure);
  await through.close();
  expect(String(error)).toContain('Telegram could not be asked');
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/MARKEDPASSWORD|AAmarked/);
});
