/** Sends a request as it is, also one that a well-behaved client would mend or refuse, and reads the whole answer. */
import { Agent, request, type IncomingMessage } from 'node:http';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Without parameters; `""` where none is named. */
  readonly contentType: string;
  readonly text: string;
}

export interface Line {
  readonly send: (sent: Sent) => Promise<Answer>;
  close(): void;
}

const hangMs = 30_000;
const firstEvent = /^[\s\S]*?\ndata: .*\n\n/;

/** @param url of the server, without a path */
export function openLine(url: string): Line {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const send = ({ method, path, headers, body }: Sent): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const sending = request(
        { host: hostname, port, agent, method, path, headers: { ...length, ...headers }, timeout: hangMs },
        (answer) => void read(answer).then(resolve, reject),
      );
      sending.on('timeout', () => sending.destroy(new Error(`no answer to ${method} ${path}`)));
      sending.on('error', reject);
      sending.end(body ?? undefined);
    });
  return { send, close: () => agent.destroy() };
}

async function read(answer: IncomingMessage): Promise<Answer> {
  const { statusCode = 0, headers } = answer;
  const contentType = (headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
  const chunks: Buffer[] = [];
  const whole = (): string => Buffer.concat(chunks).toString('utf8');
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    // A stream of events has no end: its first event is enough, however many pieces it arrives in.
    const [first] = contentType === 'text/event-stream' ? (firstEvent.exec(whole()) ?? []) : [];
    if (first !== undefined) return { status: statusCode, headers, contentType, text: first };
  }
  return { status: statusCode, headers, contentType, text: whole() };
}
