/**
 * Signature Version 4 as a store computes it, from the request as it came in and with node:crypto alone: what signs the requests of the
 * program is not asked. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SignedRequest {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly region: string;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function canonical({ method, path, headers }: SignedRequest, names: readonly string[]): string {
  const [route = '', search = ''] = path.split('?');
  const query = [...new URLSearchParams(search)]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort();
  return [
    method,
    route
      .split('/')
      .map((part) => escaped(decodeURIComponent(part)))
      .join('/'),
    query.join('&'),
    ...names.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replaceAll(/\s+/g, ' ')}`,
    ),
    '',
    names.join(';'),
    String(headers['x-amz-content-sha256']),
  ].join('\n');
}

/** Hex. */
export function signatureOf(
  request: SignedRequest,
  names: readonly string[],
  { secretAccessKey, region }: Pick<Credentials, 'secretAccessKey' | 'region'>,
): string {
  const time = String(request.headers['x-amz-date']);
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical(request, names))].join('\n');
  return hmac(key, text).toString('hex');
}

/** The code with which a store refuses the request; `null` for one that is signed as it has to be. */
export function signatureFault(request: SignedRequest, credentials: Credentials): string | null {
  const { accessKeyId, sessionToken, region } = credentials;
  const [, id, scopeRegion, signed = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  if (id === undefined) return 'AccessDenied';
  if (id !== accessKeyId) return 'InvalidAccessKeyId';
  if (scopeRegion !== region) return 'AuthorizationHeaderMalformed';
  const names = signed.split(';');
  const needed = Object.keys(request.headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  if (!needed.every((name) => names.includes(name))) return 'AccessDenied';
  if ((request.headers['x-amz-security-token'] ?? null) !== sessionToken) return 'InvalidToken';
  const expected = Buffer.from(signatureOf(request, names, credentials), 'hex');
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
}
