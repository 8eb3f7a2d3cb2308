/** A client of server-sent events over a plain socket, that can also stop reading, or go away without a word. */
import http from 'node:http';
import { once } from 'node:events';
import type { LiveEvent } from '../../src/api/contract.ts';

export interface ReceivedEvent {
  readonly id: string | null;
  readonly event: LiveEvent;
}

export interface EventStream {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Everything that came, oldest first; beats are counted and left out. */
  readonly events: readonly ReceivedEvent[];
  readonly beats: () => number;
  /** The last id that came; `''` before the first. */
  readonly lastId: () => string;
  /** Whether the server has ended it, and how. */
  readonly ended: () => 'open' | 'ended' | 'cut';
  /** Events of one kind. */
  of<Kind extends LiveEvent['kind']>(kind: Kind): Extract<LiveEvent, { readonly kind: Kind }>[];
  /** Reads nothing from now on. */
  stopReading(): void;
  close(): void;
}

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** @param url of the API */
export async function openEvents(url: string, { headers = {}, path = '/api/events' }: StreamOptions = {}) {
  const request = http.get(`${url}${path}`, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const events: ReceivedEvent[] = [];
  const state = { beats: 0, lastId: '', ended: 'open' as 'open' | 'ended' | 'cut', rest: '' };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const frames = (state.rest + chunk).split('\n\n');
    state.rest = frames.pop() ?? '';
    for (const frame of frames) {
      const fields = Object.fromEntries(
        frame
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      );
      const { id = null, event: kind, data } = fields as Record<string, string | undefined>;
      if (id !== null) state.lastId = id;
      if (data === undefined) continue;
      const event = JSON.parse(data) as LiveEvent;
      if (event.kind !== kind) throw new Error(`an event ${kind ?? ''} holds ${data}`);
      if (event.kind === 'beat') state.beats += 1;
      else events.push({ id, event });
    }
  });
  response.on('end', () => (state.ended = 'ended'));
  response.on('error', () => (state.ended = 'cut'));
  request.on('error', () => (state.ended = 'cut'));
  const stream: EventStream = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    beats: () => state.beats,
    lastId: () => state.lastId,
    ended: () => state.ended,
    of: (kind) => events.flatMap(({ event }) => (event.kind === kind ? [event as never] : [])),
    stopReading: () => void response.pause(),
    close: () => request.destroy(),
  };
  return stream;
}
