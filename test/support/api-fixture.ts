/**
 * The HTTP API on a database of its own: people with tokens, and requests over a real socket. Without a daemon, unless the test opens
 * one on the same database; what only a daemon answers is then said to be queued.
 */
import { randomBytes } from 'node:crypto';
import { addAccount } from '../../src/application/add-account.ts';
import { addUser } from '../../src/application/add-user.ts';
import { operator } from '../../src/application/caller.ts';
import type { DaemonPorts } from '../../src/application/ports.ts';
import { addToken } from '../../src/application/tokens.ts';
import type { ApiServices } from '../../src/api/api.ts';
import type { Problem } from '../../src/api/contract.ts';
import { openApi, type ApiOptions, type OpenedApi } from '../../src/api/open-api.ts';
import {
  openLive,
  type LiveOptions,
  type OpenedLive,
  type OwnStanding,
} from '../../src/api/live/services.ts';
import type { Administrators } from '../../src/ports/people.ts';
import type { TokenScope } from '../../src/ports/tokens.ts';
import { LiveFeed } from '../../src/runtime/live-feed.ts';
import type { Store } from '../../src/store/store.ts';
import { pino } from 'pino';
import { createTestDatabase, openTestStore, query } from './database.ts';
import { noAdministrators, portsOn } from './people-fixture.ts';

export interface ApiAnswer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else its text. */
  readonly body: Body;
}

export interface ApiCall {
  readonly method?: string;
  /** Sent as JSON, unless it is a text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who calls the API with a token. */
export type Client = <Body = unknown>(path: string, call?: ApiCall) => Promise<ApiAnswer<Body>>;

export interface ApiFixtureOptions {
  readonly administrators?: Administrators;
  /** Instead of the usual ones. */
  readonly services?: Partial<ApiServices>;
  readonly options?: Partial<Pick<ApiOptions, 'host' | 'port'>>;
  readonly live?: Partial<LiveOptions>;
  /** A database that is there, with its store; the test drops it. Default: a new one. */
  readonly on?: { readonly url: string; readonly store: Store };
}

/** A daemon that does its work. */
const standing: OwnStanding = {
  daemon: 'daemon-a',
  version: '0.0.0',
  environment: 'paper',
  startedAtMs: Date.UTC(2023, 2),
  problems: [],
  tasksHere: 0,
  journal: { healthy: true, waiting: 0, lagMs: 0 },
};

export class ApiFixture {
  readonly databaseUrl: string;
  readonly ports: Store & DaemonPorts;
  readonly api: OpenedApi;
  /** What is reported here is shown live. */
  readonly feed: LiveFeed;
  readonly live: OpenedLive;
  /** What the API has logged as a warning or worse. */
  readonly logged: readonly string[];
  readonly #close: () => Promise<void>;
  #tokens = 0;

  private constructor(
    parts: Pick<ApiFixture, 'databaseUrl' | 'ports' | 'api' | 'feed' | 'live' | 'logged'>,
    close: () => Promise<void>,
  ) {
    this.databaseUrl = parts.databaseUrl;
    this.ports = parts.ports;
    this.api = parts.api;
    this.feed = parts.feed;
    this.live = parts.live;
    this.logged = parts.logged;
    this.#close = close;
  }

  static async open(wanted: ApiFixtureOptions = {}): Promise<ApiFixture> {
    const { administrators, services, options, live: liveOptions, on } = wanted;
    const database = on === undefined ? await createTestDatabase() : null;
    const databaseUrl = on?.url ?? database?.url ?? '';
    const store = on?.store ?? (await openTestStore(databaseUrl));
    const ports = portsOn(store, administrators ?? noAdministrators);
    const logged: string[] = [];
    const log = pino({ level: 'warn', base: null }, { write: (line: string) => void logged.push(line) });
    const feed = new LiveFeed(log);
    const live = await openLive({
      source: feed,
      relay: store.relay,
      clockMs: Date.now,
      standing: () => standing,
      log,
      ...liveOptions,
    });
    const api = await openApi({
      live,
      ports,
      log,
      environment: 'paper',
      version: '0.0.0',
      presets: [],
      waits: { commandMs: 50, adviceMs: 50 },
      web: { publicUrl: null, trustedProxies: [], requestsPerMinute: 1_000_000, pageDirectory: null },
      host: '127.0.0.1',
      port: 0,
      ...services,
      ...options,
    });
    return new ApiFixture({ databaseUrl, ports, api, feed, live, logged }, async () => {
      await api.close();
      live.close();
      if (on !== undefined) return;
      await store.close();
      await database?.drop();
    });
  }

  /** Sends a request as it is. */
  async send<Body = unknown>(
    path: string,
    { method, body, headers = {} }: ApiCall = {},
  ): Promise<ApiAnswer<Body>> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`http://127.0.0.1:${this.api.port}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(text !== undefined && { body: text }),
    });
    const answered = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(answered) : answered) as Body,
    };
  }

  /** A new user, with an account on paper if `accountName` is given. */
  async user(name: string, { accountName }: { readonly accountName?: string } = {}): Promise<string> {
    const { userId } = await addUser(operator, this.ports, name);
    if (accountName !== undefined)
      await addAccount(operator, this.ports, {
        userName: name,
        name: accountName,
        environment: 'paper',
        apiKey: `key of ${name} ${accountName}`,
        apiSecret: 'secret',
      });
    return userId;
  }

  async token(userName: string, scope: TokenScope = 'manage'): Promise<string> {
    this.#tokens += 1;
    const wanted = { userName, scope, tokenName: `token ${this.#tokens} ${randomBytes(3).toString('hex')}` };
    return (await addToken(operator, this.ports, wanted)).token;
  }

  /** A program of a user who is there. */
  async client(userName: string, scope: TokenScope = 'manage'): Promise<Client> {
    const authorization = `Bearer ${await this.token(userName, scope)}`;
    return (path, call = {}) => this.send(path, { ...call, headers: { authorization, ...call.headers } });
  }

  query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return query<Row>(this.databaseUrl, text, [...values]);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** The problem in an answer. @throws Error when it is none */
export function problemIn({ status, headers, body }: ApiAnswer): Problem {
  const type = headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json'))
    throw new Error(`${status} ${type}: ${JSON.stringify(body)}`);
  return body as Problem;
}
