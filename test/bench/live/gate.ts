/** A way through which bytes pass unchanged and are noticed: who sent what, and when its first byte was here. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** @param atMs reading of `performance.now()` */
export type Notice = (chunk: Buffer, atMs: number) => void;

export interface Gate {
  readonly port: number;
  close(): Promise<void>;
}

/** `onRequest` sees what goes to `port`, `onAnswer` what comes back; each is told before the bytes are passed on. */
export async function openGate(
  port: number,
  notices: { readonly onRequest?: Notice; readonly onAnswer?: Notice },
): Promise<Gate> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    pass(near, far, notices.onRequest);
    pass(far, near, notices.onAnswer);
    sockets.add(near).add(far);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(from: Socket, to: Socket, notice: Notice = () => undefined): void {
  from.on('data', (chunk: Buffer) => {
    notice(chunk, performance.now());
    to.write(chunk);
  });
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
