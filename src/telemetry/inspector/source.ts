/** Another process's way into a relay: what it sends is shown to everybody who watches there. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { sourcePath } from './relay.ts';

const greetingMaxMs = 2_000;
const watchersMessage = z.object({ watchers: z.int().nonnegative() });

export class InspectorSource {
  readonly #socket: WebSocket;
  #isRelay = false;
  #watchers = 0;
  #onWatched: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const { success, data: told } = watchersMessage.safeParse(parsed(data.toString()));
      if (!success) return;
      this.#watchers = told.watchers;
      this.#isRelay = true;
      if (this.#watchers > 0) for (const resolve of this.#onWatched.splice(0)) resolve();
    });
  }

  /**
   * @param url of the relay, `http://…`
   * @returns `null` when nobody listens there @throws Error when what listens there is no relay
   */
  static async connect(url: string): Promise<InspectorSource | null> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${sourcePath}`);
    const source = new InspectorSource(socket);
    try {
      await once(socket, 'open');
      await once(socket, 'message', { signal: AbortSignal.timeout(greetingMaxMs) });
      if (source.#isRelay) return source;
      throw new Error('it speaks of something else');
    } catch (error) {
      socket.terminate();
      if ((error as { code?: unknown }).code === 'ECONNREFUSED') return null;
      throw new Error(`What listens at ${url} is not an inspector of Rollkeeper: ${messageOf(error)}`);
    }
  }

  /** Resolves when somebody watches. @throws Error when the relay goes away first */
  async watched(): Promise<void> {
    if (this.#watchers > 0) return;
    await Promise.race([
      new Promise<void>((resolve) => this.#onWatched.push(resolve)),
      once(this.#socket, 'close').then(() => {
        throw new Error('the inspector has gone away');
      }),
    ]);
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** Once everything has left. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
