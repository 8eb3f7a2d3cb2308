/** A wire as long as that to a far exchange: every byte arrives later by half of a round trip, in each direction. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Addresses } from './exchange-words.ts';

/** @param awayMs of a round trip @returns addresses on this machine that lead to the given ones */
export async function farFrom({ url, wsUrl }: Addresses, awayMs: number): Promise<Addresses> {
  const far = async (address: string): Promise<string> => {
    const { hostname, port } = new URL(address);
    const server = createServer((socket) => {
      const other = connect(Number(port), hostname);
      carry(socket, other, awayMs / 2);
      carry(other, socket, awayMs / 2);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return address.replace(`:${port}`, `:${(server.address() as AddressInfo).port}`);
  };
  return { url: await far(url), wsUrl: await far(wsUrl) };
}

function carry(from: Socket, to: Socket, afterMs: number): void {
  from.setNoDelay(true);
  from.on('data', (bytes) => setTimeout(() => to.write(bytes), afterMs));
  from.on('end', () => setTimeout(() => to.end(), afterMs));
  from.on('error', () => to.destroy());
}
