/** A server of a calendar on loopback that answers as a test wants it to, and keeps what it was asked. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createEncrypted } from 'node:https';
import type { AddressInfo } from 'node:net';

const tls = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/localhost.${name}`, import.meta.url), 'utf8');

/** What clients have to trust. */
export const certificate = tls('crt');

export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

export interface CalendarServer {
  /** With a secret in it. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly IncomingMessage[];
  respond: Respond;
  close(): Promise<void>;
}

export const secret = 'token-0123456789';

/** An iCalendar of these events. */
export const calendarOf = (...events: readonly { readonly from: string; readonly name: string }[]): string =>
  [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test'],
    ...events.flatMap(({ from, name }, at) => [
      ...['BEGIN:VEVENT', `UID:${at}`, `DTSTART:${from}`, 'DURATION:PT1H', `SUMMARY:${name}`, 'END:VEVENT'],
    ]),
    ...['END:VCALENDAR', ''],
  ].join('\r\n');

export const answerWith =
  (status: number, body = '', headers: Record<string, string> = {}): Respond =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

export async function serveCalendar(kind: 'http' | 'https' = 'http'): Promise<CalendarServer> {
  const requests: IncomingMessage[] = [];
  const listen: RequestListener = (request, response) => {
    requests.push(request);
    served.respond(request, response);
  };
  const server =
    kind === 'http' ? createServer(listen) : createEncrypted({ key: tls('key'), cert: certificate }, listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const served: CalendarServer = {
    url: `${kind}://127.0.0.1:${port}/private/${secret}/events.ics?key=${secret}`,
    port,
    requests,
    respond: answerWith(200, calendarOf()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return served;
}
