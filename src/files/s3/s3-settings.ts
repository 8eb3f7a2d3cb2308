/**
 * How S3 is reached, in the words of the AWS tools. The values are judged when something in S3 is asked for and not at a start, because
 * machines at Amazon have some of these variables for other programs, and a daemon has to run beside them.
 */
import { BadInput, type InputIssue } from '../../domain/errors.ts';

/** As the environment has it; an empty value is not given. */
export interface S3Given {
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Which of two keys it was given by. */
  readonly endpointKey?: 'AWS_ENDPOINT_URL_S3' | 'AWS_ENDPOINT_URL';
}

export interface S3Settings {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly region: string;
  /** Of another store than Amazon's, without a slash at its end; `null` for Amazon's. */
  readonly endpoint: string | null;
}

/** What other stores take when they have no regions. */
const usualRegion = 'us-east-1';

/** @throws BadInput that names every key that is missing or wrong, and shows no secret */
export function s3Settings({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  region = '',
  endpoint,
  endpointKey = 'AWS_ENDPOINT_URL_S3',
}: S3Given): S3Settings {
  const issues: InputIssue[] = [];
  const needed = (path: string, value: string | undefined, expected: string): string => {
    if (value === undefined) issues.push({ path, found: 'nothing', expected });
    else if (/[^!-~]/.test(value))
      issues.push({ path, found: 'a value with spaces in it (not shown)', expected });
    return value ?? '';
  };
  const id = needed(
    'AWS_ACCESS_KEY_ID',
    accessKeyId,
    'the id of an access key that may read and write there',
  );
  const secret = needed('AWS_SECRET_ACCESS_KEY', secretAccessKey, 'the secret of that access key');
  if (sessionToken !== undefined)
    needed('AWS_SESSION_TOKEN', sessionToken, 'the token of a temporary key, or nothing');
  if (endpoint !== undefined && !isEndpoint(endpoint))
    issues.push({
      path: endpointKey,
      found: `an address of ${endpoint.length} characters (not shown)`,
      expected: 'an address like https://minio.example.com:9000, without a user, a password and a query',
    });
  if (!/^[a-z0-9-]{2,40}$/.test(region) && (region !== '' || endpoint === undefined))
    issues.push({
      path: 'AWS_REGION',
      found: region === '' ? 'nothing' : JSON.stringify(region),
      expected: 'the region of the bucket, like eu-central-1',
    });
  if (issues.length > 0) throw new BadInput('S3 cannot be reached', issues);
  return {
    accessKeyId: id,
    secretAccessKey: secret,
    sessionToken: sessionToken ?? null,
    region: region === '' ? usualRegion : region,
    endpoint: endpoint === undefined ? null : endpoint.replace(/\/+$/, ''),
  };
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  const isBare = [username, password, search, hash].every((part) => part === '');
  return (protocol === 'https:' || protocol === 'http:') && isBare;
}
