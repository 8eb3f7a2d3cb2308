/** Another process's connection to a relay: its messages are shown to all watchers there. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { sourcePath } from './relay.ts';

const greetingMaxMs = 5_000;
const watchersMessage = z.object({ watchers: z.int().nonnegative() });

export class InspectorSource {
  readonly #socket: WebSocket;
  /** `null` until the relay has reported the number. */
  #watchers: number | null = null;
  readonly #onReport: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    // The socket closes after an error, and its state shows that.
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const { success, data: report } = watchersMessage.safeParse(parsed(data.toString()));
      if (!success) return;
      this.#watchers = report.watchers;
      for (const resolve of this.#onReport.splice(0)) resolve();
    });
  }

  /**
   * @param url of the relay, `http://…`
   * @returns null when no program listens there @throws Error when the program that listens there is no relay
   */
  static async connect(url: string): Promise<InspectorSource | null> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${sourcePath}`);
    const source = new InspectorSource(socket);
    try {
      await once(socket, 'open');
      // The greeting may have come together with the answer to the handshake.
      await Promise.race([source.#until((watchers) => watchers !== null), greetingTimeout()]);
      return source;
    } catch (error) {
      socket.terminate();
      if ((error as { code?: unknown }).code === 'ECONNREFUSED') return null;
      throw new Error(`What listens at ${url} is not an inspector of Rollkeeper: ${messageOf(error)}`);
    }
  }

  /** Resolves when there is a watcher. @throws Error when the relay closes before that */
  async watched(): Promise<void> {
    await Promise.race([
      this.#until((watchers) => watchers !== null && watchers > 0),
      once(this.#socket, 'close').then(() => {
        throw new Error('the inspector was closed');
      }),
    ]);
  }

  async #until(holds: (watchers: number | null) => boolean): Promise<void> {
    while (!holds(this.#watchers)) await new Promise<void>((resolve) => this.#onReport.push(resolve));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** Resolves when everything is sent and the socket is closed. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

async function greetingTimeout(): Promise<never> {
  await sleep(greetingMaxMs, undefined, { ref: false });
  throw new Error(`it sent nothing for ${greetingMaxMs / 1_000} s`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
