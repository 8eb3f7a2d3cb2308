/** Opens the HTTP API: builds the server, listens, and says where. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { operator } from '../application/caller.ts';
import { makeSignInLink } from '../application/sessions.ts';
import { BadInput } from '../domain/errors.ts';
import { listenFailure, type Place } from '../net/listen-failure.ts';
import type { Api, ApiServices } from './api.ts';
import { buildServer } from './server.ts';

export { usualWaits } from './api.ts';

/** How long answers under way and the last events may take to leave when it closes. */
const partingMs = 500;

export interface ApiOptions extends ApiServices {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** When another program listens there, a free one is taken instead. */
  readonly takesAnotherPort?: boolean;
}

export interface OpenedApi {
  /** As people reach it, without a trailing slash. */
  readonly url: string;
  /** Where it listens. */
  readonly port: number;
  /** A link that signs the operator in, once and within five minutes. */
  link(): Promise<string>;
  close(): Promise<void>;
}

/** @throws BadInput when it cannot listen there: another program does, unless another port may be taken; or the address is not here */
export async function openApi(options: ApiOptions): Promise<OpenedApi> {
  const { host, ports, web } = options;
  const server = await buildServer(options);
  await listen(server, options);
  const { port } = server.server.address() as AddressInfo;
  const url = web.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  await ports.sessions.noteAddress(url);
  return {
    url,
    port,
    link: async () => linkTo(url, (await makeSignInLink(operator, ports)).code),
    close: async () => {
      options.live.hub.close();
      const closed = server.close();
      await Promise.race([closed, sleep(partingMs, undefined, { ref: false })]);
      server.server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Api, { host, port, takesAnotherPort = false }: ApiOptions): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!takesAnotherPort || code !== 'EADDRINUSE') throw cannotListen(error, { host, port });
    await server.listen({ host, port: 0 });
  }
}

function cannotListen(error: unknown, place: Place): unknown {
  const failure = listenFailure(error, place);
  if (failure === null) return error;
  const { wrong, found, expected } = failure;
  return new BadInput('The API cannot be served', [
    wrong === 'host'
      ? { path: 'API_HOST', found, expected }
      : { path: 'API_PORT', found, expected: `${expected}, or off` },
  ]);
}

/** The code stands where browsers do not send it, and proxies do not log it. */
const linkTo = (url: string, code: string): string => `${url}/sign-in#${code}`;
