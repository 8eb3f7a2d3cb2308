/**
 * The scene of the generated checks: the people of the isolation test with tokens of every kind, and the API on a copy of their
 * database. Each check opens a copy of its own and closes it.
 */
import { operator } from '../../../src/application/caller.ts';
import { addUser } from '../../../src/application/add-user.ts';
import { makeSignInLink, signIn } from '../../../src/application/sessions.ts';
import { addToken, revokeToken } from '../../../src/application/tokens.ts';
import { readPresets } from '../../../src/files/preset-files.ts';
import { ApiFixture } from '../../support/api-fixture.ts';
import { operationsOf, type Document, type Operation } from '../../support/openapi/document.ts';
import { openLine, type Answer, type Line, type Sent } from '../../support/openapi/sending.ts';
import type { Content } from '../isolation/database-content.ts';
import { anns, openScene, type Scene } from '../isolation/scene.ts';

/**
 * Who asks. `reader` has a token of Ann's that may only read, `browser` is Ann signed in, as the operator is; the last ones are let in
 * by nothing.
 */
export const callerNames = [
  'owner',
  'trader',
  'reader',
  'viewer',
  'administrator',
  'operator',
  'browser',
  'other',
  'banned',
  'ended',
  'revoked',
  'garbage',
  'nobody',
] as const;
export type CallerName = (typeof callerNames)[number];

/** They see nothing of Ann's. */
export const outsiders: readonly CallerName[] = ['other', 'banned', 'ended', 'revoked', 'garbage', 'nobody'];
/** They change nothing at all, whatever they ask for. */
export const powerless: readonly CallerName[] = ['reader', 'banned', 'ended', 'revoked', 'garbage', 'nobody'];

export interface Stage {
  /** What the database holds now. */
  readonly content: () => Promise<Content>;
  readonly ask: (caller: CallerName, sent: Sent) => Promise<Answer>;
  /** What the API logged as a warning or worse. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

/** How a caller is known: what is sent with every request. */
type Shown = Readonly<Record<string, string>>;

export interface ApiScene extends Pick<Scene, 'voucherId' | 'deliveryId' | 'backtestId'> {
  readonly document: Document;
  readonly operations: readonly Operation[];
  /** Lends a stage on which nothing has happened yet; one on which nothing has changed is lent again. */
  on<Result>(use: (stage: Stage) => Promise<Result>): Promise<Result>;
  drop(): Promise<void>;
}

export async function openApiScene(): Promise<ApiScene> {
  const scene = await openScene();
  const first = await openStage(scene);
  const { body: document } = await first.fixture.send<Document>('/api/openapi.json');
  const operations = operationsOf(document);
  let idle: Stage | null = first;
  const on: ApiScene['on'] = async (use) => {
    const stage = idle ?? (await openStage(scene));
    idle = null;
    const before = await stage.content();
    try {
      return await use(stage);
    } finally {
      if (JSON.stringify(await stage.content()) === JSON.stringify(before)) idle = stage;
      else await stage.close();
    }
  };
  const drop = async (): Promise<void> => {
    await idle?.close();
    await scene.drop();
  };
  const { voucherId, deliveryId, backtestId } = scene;
  return { voucherId, deliveryId, backtestId, document, operations, on, drop };
}

async function openStage(scene: Scene): Promise<Stage & { readonly fixture: ApiFixture }> {
  const copy = await scene.copy();
  const { ports } = copy;
  await addUser(operator, ports, 'admin');
  const tokens = await tokensOn(ports);
  const secrets = {
    operator: await signedIn(ports),
    browser: await signedIn(ports, anns.userName),
  };
  const administrators = { names: ['admin'], identities: [] };
  const fixture = await ApiFixture.open({
    on: { url: copy.url, store: ports },
    services: {
      ports: { ...ports, administrators },
      presets: readPresets(),
      waits: { commandMs: 5, adviceMs: 5 },
      web: {
        publicUrl: null,
        trustedProxies: ['127.0.0.1'],
        requestsPerMinute: 1_000_000,
        pageDirectory: null,
      },
    },
  });
  const line: Line = openLine(fixture.api.url);
  const shown = showing(tokens, secrets, new URL(fixture.api.url).host);
  let asked = 0;
  const ask = (caller: CallerName, sent: Sent): Promise<Answer> => {
    asked += 1;
    // An address of its own for each: who shows too many wrong tokens is not looked at for a while.
    const address = `10.${asked >> 16}.${(asked >> 8) % 256}.${asked % 256}`;
    const headers = { 'x-forwarded-for': address, ...sent.headers, ...shown[caller] };
    return line.send({ ...sent, headers });
  };
  const close = async (): Promise<void> => {
    line.close();
    await fixture.close();
    await copy.close();
  };
  return {
    fixture,
    content: copy.content,
    ask,
    logged: fixture.logged,
    close,
  };
}

async function tokensOn(ports: Parameters<typeof addToken>[1]): Promise<Partial<Record<CallerName, string>>> {
  const make = async (
    tokenName: string,
    userName: string,
    scope: 'read' | 'trade' | 'manage',
  ): Promise<string> => (await addToken(operator, ports, { tokenName, userName, scope })).token;
  const made = {
    owner: await make('owner-zq', anns.userName, 'manage'),
    trader: await make('trader-zq', anns.userName, 'trade'),
    reader: await make('reader-zq', anns.userName, 'read'),
    viewer: await make('viewer', anns.viewer, 'manage'),
    administrator: await make('admin', 'admin', 'manage'),
    other: await make('other', 'bob', 'manage'),
    banned: await make('banned', anns.banned, 'manage'),
    ended: await make('ended', 'ended', 'manage'),
    revoked: await make('revoked-zq', anns.userName, 'manage'),
    garbage: `rk_${'x'.repeat(43)}`,
  };
  await revokeToken(operator, ports, { tokenName: 'revoked-zq', userName: anns.userName });
  return made;
}

async function signedIn(
  ports: Parameters<typeof makeSignInLink>[1] & Parameters<typeof signIn>[0],
  userName: string | null = null,
): Promise<string> {
  const { code } = await makeSignInLink(operator, ports, { userName });
  const session = await signIn(ports, { kind: 'link', code }, 'a test');
  if (!session) throw new Error('A new link lets nobody in');
  return session.secret;
}

/** Programs show a token, browsers a cookie and where they come from. */
function showing(
  tokens: Partial<Record<CallerName, string>>,
  secrets: Partial<Record<CallerName, string>>,
  host: string,
): Partial<Record<CallerName, Shown>> {
  const name = `rollkeeper_session_${host.split(':')[1] ?? ''}`;
  const byToken = Object.entries(tokens).map(([caller, token]) => [
    caller,
    { authorization: `Bearer ${token}` },
  ]);
  const byCookie = Object.entries(secrets).map(([caller, secret]) => [
    caller,
    { cookie: `${name}=${secret}`, origin: `http://${host}`, 'x-rollkeeper': '1' },
  ]);
  return Object.fromEntries([...byToken, ...byCookie]) as Partial<Record<CallerName, Shown>>;
}
