/** Bare clients for looking at the wire itself: a signed HTTP request and a WebSocket whose frames can be awaited. */
import { createHmac } from 'node:crypto';
import { WebSocket } from 'ws';

export const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Frame;
}

/** A parsed JSON object. */
export type Frame = Record<string, unknown>;

/** What is at a dotted path like `data.0.symbol`; undefined when the path ends early. */
export const pick = (frame: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (at, field) => (typeof at === 'object' && at !== null ? (at as Frame)[field] : undefined),
      frame,
    );

/** The list at a path, empty when there is none. */
export const rows = (frame: unknown, path = 'result.list'): readonly Frame[] => {
  const list = pick(frame, path);
  return Array.isArray(list) ? (list as Frame[]) : [];
};

/** The levels of one side of an order book. */
export const levels = (frame: unknown, path: string): readonly [string, string][] => {
  const list = pick(frame, path);
  return Array.isArray(list) ? (list as [string, string][]) : [];
};

export interface Signing {
  readonly url: string;
  readonly key?: string;
  readonly secret?: string;
  readonly timestampMs: number;
  readonly recvWindow?: string | null;
  readonly sign?: string;
}

export const signedGet = (path: string, query: string, signing: Signing): Promise<Answer> =>
  send({ method: 'GET', url: signing.url, path, payload: query, headers: signatureOf(query, signing) });

export const signedPost = (path: string, body: string, signing: Signing): Promise<Answer> =>
  send({ method: 'POST', url: signing.url, path, payload: body, headers: signatureOf(body, signing) });

export const plainGet = (url: string, path: string, query = ''): Promise<Answer> =>
  send({ method: 'GET', url, path, payload: query });

export const plainPost = (url: string, path: string, body = ''): Promise<Answer> =>
  send({ method: 'POST', url, path, payload: body });

function signatureOf(payload: string, signing: Signing): Record<string, string> {
  const { key = 'k', secret = 's', timestampMs, recvWindow = '5000' } = signing;
  const sign = signing.sign ?? hmac(secret, `${timestampMs}${key}${recvWindow ?? ''}${payload}`);
  return {
    'X-BAPI-API-KEY': key,
    'X-BAPI-TIMESTAMP': String(timestampMs),
    'X-BAPI-SIGN': sign,
    ...(recvWindow === null ? {} : { 'X-BAPI-RECV-WINDOW': recvWindow }),
  };
}

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly path: string;
  /** The query of a GET, the body of a POST. */
  readonly payload: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send({ method, url, path, payload, headers }: HttpRequest): Promise<Answer> {
  const query = method === 'GET' && payload !== '' ? `?${payload}` : '';
  const response = await fetch(`${url}${path}${query}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    signal: AbortSignal.timeout(2_000),
    ...(method === 'POST' ? { body: payload } : {}),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): Frame {
  try {
    return JSON.parse(text) as Frame;
  } catch {
    return {};
  }
}

export class RawSocket {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly frames: Frame[] = [];
  closed = false;
  #read = 0;
  #wake: () => void = () => undefined;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data) => {
      const text = (data as Buffer).toString('utf8');
      this.texts.push(text);
      this.frames.push(parse(text));
      this.#wake();
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    this.socket.on('error', () => undefined);
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    return this;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame that fits, from those not asked for yet. */
  async next(fits: (frame: Frame) => boolean = () => true, withinMs = 60_000): Promise<Frame> {
    const untilMs = performance.now() + withinMs;
    for (;;) {
      while (this.#read < this.frames.length) {
        const frame = this.frames[this.#read] ?? {};
        this.#read += 1;
        if (fits(frame)) return frame;
      }
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) throw new Error(`no such frame within ${withinMs} ms; had ${this.texts.join('\n')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async ask(frame: unknown, fits?: (frame: Frame) => boolean): Promise<Frame> {
    this.send(frame);
    return this.next(fits);
  }

  authenticate(expiresMs: number, key = 'k', secret = 's'): Promise<Frame> {
    const args = [key, expiresMs, hmac(secret, `GET/realtime${expiresMs}`)];
    return this.ask({ req_id: 'auth', op: 'auth', args }, (frame) => frame['op'] === 'auth');
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
