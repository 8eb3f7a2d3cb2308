/**
 * A pooler in front of Postgres that lends its few sessions out by transaction, as pgbouncer does with
 * pool_mode=transaction (the one used last first), or for as long as a client is connected. It speaks the protocol as far
 * as messages have to be kept apart: Postgres docs, "Frontend/Backend Protocol".
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Client } from 'pg';

export interface Pooler {
  /** Leads through it. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PoolerOptions {
  readonly mode: 'transaction' | 'session';
  readonly sessionsMax?: number;
  /** What it says to a startup parameter that it does not know, instead of ignoring it. */
  readonly refuses?: string;
  /** 0 takes a free one. */
  readonly port?: number;
}

/** A session of the server, started by the driver, and the client that it is lent to. */
interface Backend {
  readonly stream: Socket;
  borrower: Borrower | null;
}

interface Borrower {
  readonly near: Socket;
  backend: Backend | null;
  /** Messages that wait for a session. */
  waiting: Buffer[];
}

const sslRequest = 80_877_103;

export async function startPooler(databaseUrl: string, options: PoolerOptions): Promise<Pooler> {
  const { mode, sessionsMax = 4, refuses, port = 0 } = options;
  const clients: Client[] = [];
  const idle: Backend[] = [];
  const queue: Borrower[] = [];
  const sockets = new Set<Socket>();
  for (let at = 0; at < sessionsMax; at += 1) {
    const client = new Client({ connectionString: databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.removeAllListeners('data');
    const backend: Backend = { stream, borrower: null };
    onMessages(stream, (message) => {
      const { borrower } = backend;
      if (!borrower) return;
      borrower.near.write(message);
      const isIdle =
        String.fromCharCode(message[0] ?? 0) === 'Z' && String.fromCharCode(message[5] ?? 0) === 'I';
      if (isIdle && mode === 'transaction') release(borrower);
    });
    idle.push(backend);
  }

  const lend = (borrower: Borrower): void => {
    const backend = borrower.backend ?? idle.pop() ?? null;
    if (!backend) {
      if (!queue.includes(borrower)) queue.push(borrower);
      return;
    }
    borrower.backend = backend;
    backend.borrower = borrower;
    for (const message of borrower.waiting.splice(0)) backend.stream.write(message);
  };
  const release = (borrower: Borrower): void => {
    const { backend } = borrower;
    borrower.backend = null;
    if (!backend) return;
    backend.borrower = null;
    idle.push(backend);
    const next = queue.shift();
    if (next) lend(next);
  };

  const server = createServer((near) => {
    sockets.add(near);
    const borrower: Borrower = { near, backend: null, waiting: [] };
    near.on('error', () => near.destroy());
    near.on('close', () => {
      sockets.delete(near);
      if (queue.includes(borrower)) queue.splice(queue.indexOf(borrower), 1);
      release(borrower);
    });
    let hasStarted = false;
    onMessages(
      near,
      (message) => {
        if (!hasStarted) {
          if (message.length === 8 && message.readInt32BE(4) === sslRequest) return void near.write('N');
          hasStarted = true;
          const refused = refuses !== undefined && message.toString('latin1').includes(`\0${refuses}\0`);
          return void near.write(refused ? refusal(refuses) : welcome());
        }
        if (String.fromCharCode(message[0] ?? 0) === 'X') return void near.end();
        borrower.waiting.push(message);
        lend(borrower);
      },
      () => !hasStarted,
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const through = new URL(databaseUrl);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      for (const { connection } of clients as unknown as { connection: { stream: Socket } }[])
        connection.stream.destroy();
    },
  };
}

/** Cuts a stream into messages: a type and a length, or a length alone while the connection starts. */
function onMessages(
  socket: Socket,
  receive: (message: Buffer) => void,
  isStarting: () => boolean = () => false,
): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const typeBytes = isStarting() ? 0 : 1;
      if (rest.length < typeBytes + 4) return;
      const length = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      receive(message);
    }
  });
}

function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** Authentication is not asked for; the key to cancel with is the pooler's own. */
const welcome = (): Buffer =>
  Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('S', 'client_encoding\0UTF8\0'),
    message('K', Buffer.alloc(8, 7)),
    message('Z', 'I'),
  ]);

const refusal = (parameter: string): Buffer =>
  message('E', 'SFATAL\0', 'C08P01\0', `Munsupported startup parameter: ${parameter}\0`, '\0');
