/**
 * A store that speaks as much S3 as the program uses, on loopback: objects in memory, signatures checked, conditions and checksums kept.
 * It misbehaves as a test tells it to: for each request the next misbehaviour of its list is taken.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Given } from '../../src/files/s3/s3-settings.ts';
import { signatureFault, type Credentials } from './s3-signature.ts';

export interface Misbehaviour {
  /** Default: any. */
  readonly method?: 'GET' | 'PUT';
  /** `nothing`: it answers well; `cut before`: the connection ends and nothing was stored; `cut after`: it was, and no answer comes. */
  readonly does:
    | 'nothing'
    | 'cut before'
    | 'cut after'
    | 'stored silence'
    | 'cut in the middle'
    | 'wrong bytes'
    | 'silence'
    | number;
  /** Of a status, like `SlowDown`. */
  readonly code?: string;
  /** How often; default: once. */
  readonly times?: number;
}

const pageKeys = 2;

const credentials: Credentials = {
  accessKeyId: 'AKIDOFATEST',
  secretAccessKey: 'the/secret+of=a/test',
  sessionToken: null,
  region: 'eu-test-1',
};

export class S3Server {
  /** By `bucket/key`. */
  readonly objects = new Map<string, Buffer>();
  /** Each request as `PUT 200`, in order. */
  readonly answered: string[] = [];
  credentials = credentials;
  /** Some stores do not know `If-None-Match`. */
  knowsConditions = true;
  /** Where the bucket is. */
  region = credentials.region;
  onStored: () => void = () => undefined;
  readonly bucket = 'archive';
  readonly #server: Server;
  #ahead: Misbehaviour[] = [];

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async open(): Promise<S3Server> {
    const store = new S3Server();
    await new Promise<void>((resolve) => store.#server.listen(0, '127.0.0.1', resolve));
    return store;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a client needs to come in. */
  get given(): S3Given {
    const { accessKeyId, secretAccessKey, sessionToken, region } = credentials;
    return {
      accessKeyId,
      secretAccessKey,
      region,
      endpoint: this.url,
      sessionToken: sessionToken ?? undefined,
    };
  }

  /** The same as environment. */
  get environment(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: credentials.region,
      AWS_ENDPOINT_URL_S3: this.url,
    };
  }

  misbehave(...next: readonly Misbehaviour[]): void {
    this.#ahead = next.flatMap((one) => Array.from({ length: one.times ?? 1 }, () => one));
  }

  /** Places of all objects. */
  places(): string[] {
    return [...this.objects.keys()].map((key) => `s3://${key}`).sort();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const ill = this.#nextFor(method);
    const body = await bodyOf(request).catch(() => null);
    if (body === null) return;
    if (ill?.does === 'cut before') return void response.destroy();
    if (ill?.does === 'silence') return;
    const answer =
      typeof ill?.does === 'number'
        ? refused(ill.does, ill.code ?? '')
        : this.#answer({ method, path, headers }, body);
    this.answered.push(`${method} ${answer.status}${answer.code === undefined ? '' : ` ${answer.code}`}`);
    if (method === 'PUT' && answer.status === 200) this.onStored();
    if (ill?.does === 'cut after') return void response.destroy();
    if (ill?.does === 'stored silence') return;
    const bytes = ill?.does === 'wrong bytes' ? Buffer.from(answer.body).fill(0, 0, 9) : answer.body;
    response.writeHead(answer.status, { 'content-length': bytes.length, ...answer.headers });
    if (ill?.does !== 'cut in the middle') return void response.end(bytes);
    response.write(bytes.subarray(0, bytes.length >> 1));
    setTimeout(() => response.destroy(), 5);
  }

  #nextFor(method: string): Misbehaviour | undefined {
    const at = this.#ahead.findIndex((one) => one.method === undefined || one.method === method);
    return at < 0 ? undefined : this.#ahead.splice(at, 1)[0];
  }

  #answer(
    request: Pick<IncomingMessage, 'headers'> & { method: string; path: string },
    body: Buffer,
  ): Answer {
    const { method, path, headers } = request;
    const fault = signatureFault(request, { ...this.credentials, region: this.region });
    if (fault === 'AuthorizationHeaderMalformed')
      return { ...refused(400, fault), headers: { 'x-amz-bucket-region': this.region } };
    if (fault !== null) return refused(403, fault);
    const hash = createHash('sha256').update(body);
    if (hash.copy().digest('hex') !== headers['x-amz-content-sha256'])
      return refused(400, 'XAmzContentSHA256Mismatch');
    const [route = '', search = ''] = path.split('?');
    const name = decodeURIComponent(route.slice(1));
    const [bucket, key] = [name.replace(/\/.*/s, ''), name.replace(/^[^/]*\/?/, '')];
    if (bucket !== this.bucket) return refused(404, 'NoSuchBucket');
    if (method === 'GET' && key === '') return this.#list(new URLSearchParams(search));
    const there = this.objects.get(name);
    if (method === 'GET') return there ? { status: 200, body: there } : refused(404, 'NoSuchKey');
    if (method !== 'PUT') return refused(405, 'MethodNotAllowed');
    if (hash.digest('base64') !== headers['x-amz-checksum-sha256']) return refused(400, 'BadDigest');
    if (headers['if-none-match'] !== undefined) {
      if (!this.knowsConditions) return refused(501, 'NotImplemented');
      if (there) return refused(412, 'PreconditionFailed');
    }
    this.objects.set(name, body);
    return { status: 200, body: Buffer.alloc(0) };
  }

  /** Some keys a page. */
  #list(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()]
      .map((name) => name.slice(this.bucket.length + 1))
      .filter((key) => key.startsWith(prefix) && !key.slice(prefix.length).includes('/') && key > after)
      .sort();
    const page = keys.slice(0, pageKeys);
    const escaped = (text: string): string =>
      text.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
    const isTruncated = keys.length > page.length;
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const contents = page.map((key) => `<Contents><Key>${escaped(key)}</Key><Size>1</Size></Contents>`);
    const xml = `<?xml version="1.0"?><ListBucketResult><Prefix>${escaped(prefix)}</Prefix><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
    return { status: 200, body: Buffer.from(xml) };
  }
}

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Like Amazon's, which show the key's id and what was signed. */
function refused(status: number, code: string): Answer {
  const said = `<Message>words of a store</Message><AWSAccessKeyId>${credentials.accessKeyId}</AWSAccessKeyId>`;
  return {
    status,
    code,
    body: Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code>${said}</Error>`),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
