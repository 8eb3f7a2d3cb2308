/**
 * A wire with TLS between the daemon and the paper exchange, as there is one to a real exchange: it can be cut, fall silent without
 * being closed, and show another certificate.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

type Certificate = 'localhost' | 'expired';

const partOf = (name: Certificate, part: 'crt' | 'key'): string =>
  readFileSync(new URL(`../fixtures/tls/${name}.${part}`, import.meta.url), 'utf8');
const identityOf = (name: Certificate) => ({ cert: partOf(name, 'crt'), key: partOf(name, 'key') });

export interface ExchangeWire {
  /** Without a trailing slash. */
  readonly url: string;
  readonly wsUrl: string;
  /** `silent`: connections stay, and nothing passes. */
  mode: 'on' | 'silent';
  cut(): void;
  /** New connections see this one. */
  show(certificate: Certificate): void;
  close(): Promise<void>;
}

export async function openExchangeWire(exchangeUrl: string): Promise<ExchangeWire> {
  const { hostname, port } = new URL(exchangeUrl);
  const sockets = new Set<Socket>();
  const state: { mode: ExchangeWire['mode'] } = { mode: 'on' };
  const server = createServer(identityOf('localhost'), (near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        if (state.mode === 'on') other.destroy();
      });
      socket.on('data', (chunk: Buffer) => {
        if (state.mode === 'on') other.write(chunk);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = `localhost:${String((server.address() as AddressInfo).port)}`;
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return Object.assign(state, {
    url: `https://${at}`,
    wsUrl: `wss://${at}`,
    cut,
    show: (certificate: Certificate) => server.setSecureContext(identityOf(certificate)),
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Writes a file with the certificates that the daemon is to trust; of the expired one only the time is wrong. */
export function trustedIn(folder: string): string {
  const file = join(folder, 'trusted.crt');
  writeFileSync(file, `${partOf('localhost', 'crt')}${partOf('expired', 'crt')}`);
  return file;
}
