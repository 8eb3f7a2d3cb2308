/** Opens the HTTP API: builds the server and listens. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServices } from './api.ts';
import { buildServer } from './server.ts';

/** How long answers under way and the last events may take to leave when it closes. */
const partingMs = 500;

export interface ApiOptions extends ApiServices {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface OpenedApi {
  /** Without a trailing slash. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** @throws Error with code EADDRINUSE when another program listens at this port */
export async function openApi(options: ApiOptions): Promise<OpenedApi> {
  const { host, port: wanted } = options;
  const server = await buildServer(options);
  await server.listen({ host, port: wanted });
  const { port } = server.server.address() as AddressInfo;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${String(port)}`,
    port,
    close: async () => {
      options.live.hub.close();
      const closed = server.close();
      await Promise.race([closed, sleep(partingMs, undefined, { ref: false })]);
      server.server.closeAllConnections();
      await closed;
    },
  };
}
