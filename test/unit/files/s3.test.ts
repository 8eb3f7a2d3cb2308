/** A store that misbehaves, refuses or is not set up, against what is said and done about it. */
import { AwsV4Signer } from 'aws4fetch';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { S3Patience } from '../../../src/files/s3/s3-client.ts';
import { S3Files } from '../../../src/files/s3/s3-files.ts';
import { s3PlaceOf, s3UrlOf } from '../../../src/files/s3/s3-place.ts';
import { s3Settings, type S3Given } from '../../../src/files/s3/s3-settings.ts';
import { sealedFilesWith } from '../../../src/files/sealed-files.ts';
import { S3Server, type Misbehaviour } from '../../support/s3-server.ts';
import { signatureOf } from '../../support/s3-signature.ts';

let store: S3Server;
beforeAll(async () => {
  store = await S3Server.open();
});
afterAll(() => store.close());
beforeEach(() => {
  store.objects.clear();
  store.answered.length = 0;
  store.misbehave();
});

const place = 's3://archive/k7/v1.br';
const bytes = Buffer.from('rows of a journal');
const quick: Partial<S3Patience> = { attemptsMax: 3, pauseMs: 1, silenceMaxMs: 5_000 };
const filesWith = (changes: S3Given = {}, patience = quick): S3Files =>
  new S3Files({ ...store.given, ...changes }, patience);

/** All that a person or a log could see of what was thrown. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const said: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) said.push(at.message, JSON.stringify(at));
  for (const secret of ['the/secret', 'a token', 'AKIDOFATEST', 'Signature='])
    expect(said.join('\n')).not.toContain(secret);
  return said[0] ?? 'nothing';
}

test("both signers agree with Amazon's example", async () => {
  const url = 'https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J';
  const key = { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' };
  const headers = {
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
  };
  const expected = '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7';
  const host = 'examplebucket.s3.amazonaws.com';
  const request = { method: 'GET', path: '/?max-keys=2&prefix=J', headers: { ...headers, host } };
  expect(signatureOf(request, ['host', 'x-amz-content-sha256', 'x-amz-date'], key)).toBe(expected);
  const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
  const signer = new AwsV4Signer({
    url,
    headers,
    service: 's3',
    datetime: headers['x-amz-date'],
    accessKeyId,
    ...key,
  });
  expect((await signer.sign()).headers.get('authorization')).toContain(`Signature=${expected}`);
});

describe('a store that misbehaves for a moment', () => {
  const passing: readonly (readonly [string, readonly Misbehaviour[], string[]])[] = [
    [
      '503 SlowDown',
      [{ does: 503, code: 'SlowDown', times: 2 }],
      ['GET 503 SlowDown', 'GET 503 SlowDown', 'GET 404 NoSuchKey', 'PUT 200'],
    ],
    [
      '429',
      [{ method: 'PUT', does: 429, times: 2 }],
      ['GET 404 NoSuchKey', 'PUT 429 ', 'PUT 429 ', 'PUT 200'],
    ],
    [
      'a connection that is cut before anything is stored',
      [{ method: 'PUT', does: 'cut before' }],
      ['GET 404 NoSuchKey', 'PUT 200'],
    ],
    [
      'a connection that is cut after all is stored',
      [{ method: 'PUT', does: 'cut after' }],
      ['GET 404 NoSuchKey', 'PUT 200', 'PUT 412 PreconditionFailed', 'GET 200'],
    ],
    [
      'an object that arrives damaged',
      [{ method: 'PUT', does: 400, code: 'BadDigest' }],
      ['GET 404 NoSuchKey', 'PUT 400 BadDigest', 'PUT 200'],
    ],
  ];
  it.each(passing)('is asked again: %s', async (_, ill, answered) => {
    store.misbehave(...ill);
    expect(await filesWith().write(place, bytes)).toBe(true);
    expect(store.answered).toEqual(answered);
    expect(store.objects.get('archive/k7/v1.br')).toEqual(bytes);
  });

  it.each(['cut in the middle', 'cut before'] as const)('while it reads is asked again: %s', async (does) => {
    store.objects.set('archive/k7/v1.br', bytes);
    store.misbehave({ does, times: 2 });
    expect(await filesWith().read(place)).toEqual(bytes);
  });

  it('by silence is asked again', async () => {
    store.objects.set('archive/k7/v1.br', bytes);
    store.misbehave({ does: 'silence' });
    expect(await filesWith({}, { ...quick, silenceMaxMs: 300 }).read(place)).toEqual(bytes);
  });
});

it('a store that is away is given up after some attempts, asked once from then on, and patiently again once it answers', async () => {
  const files = filesWith();
  store.misbehave({ does: 503, code: 'SlowDown', times: 4 });
  expect(await failureOf(files.read(place))).toBe(
    `S3 at ${store.url} was asked for ${place} 3 times, and the answer was 503 SlowDown: run it again later`,
  );
  expect(await failureOf(files.write(place, bytes))).toContain(
    `was asked for ${place}, and the answer was 503`,
  );
  expect(store.answered).toHaveLength(4);
  expect(await files.read(place)).toBeNull();
  store.misbehave({ does: 500, times: 2 });
  expect(await files.read(place)).toBeNull();
});

it('a store at whose address nothing listens is named with its address', async () => {
  const gone = await S3Server.open();
  const given = gone.given;
  await gone.close();
  expect(await failureOf(new S3Files(given, quick).namesIn('s3://archive', 'k7'))).toBe(
    `S3 at ${given.endpoint} was asked for s3://archive 3 times, and the connection was refused: run it again later`,
  );
});

it('an object with another content is never overwritten, whoever was quicker', async () => {
  const other = Buffer.from('something else');
  store.objects.set('archive/k7/v1.br', other);
  expect(await filesWith().write(place, bytes)).toBe(false);
  store.misbehave({ method: 'GET', does: 404, code: 'NoSuchKey' });
  expect(await filesWith().write(place, bytes)).toBe(false);
  expect(store.answered).toEqual(['GET 200', 'GET 404 NoSuchKey', 'PUT 412 PreconditionFailed', 'GET 200']);
  expect(store.objects.get('archive/k7/v1.br')).toBe(other);
});

describe('a refusal says what to change', () => {
  const answers: readonly (readonly [string, number, string, string])[] = [
    [
      'no right',
      403,
      'AccessDenied',
      'the rights s3:ListBucket on the bucket and s3:GetObject and s3:PutObject',
    ],
    ['a token that has ended', 400, 'ExpiredToken', 'AWS_SESSION_TOKEN has expired'],
    ['a wrong clock', 403, 'RequestTimeTooSkewed', 'the clock of this machine is more than 15 minutes wrong'],
    ['Glacier', 403, 'InvalidObjectState', 'has to be restored first'],
    ['a bucket elsewhere', 301, 'PermanentRedirect', 'is not in the region eu-test-1'],
    ['too much for one request', 400, 'EntityTooLarge', '5 GB at Amazon'],
    ['no store at all', 404, '', 'was answered 404 at http://127.0.0.1'],
    ['what is not known', 400, 'KeyTooLongError', 'was answered 400 KeyTooLongError'],
  ];
  it.each(answers)('of %s', async (_, does, code, said) => {
    store.misbehave({ does, code });
    expect(await failureOf(filesWith().read(place))).toContain(said);
    expect(store.answered).toHaveLength(1);
  });

  const given: readonly (readonly [string, S3Given, string])[] = [
    ['another id', { accessKeyId: 'AKIDOFANOTHER' }, 'AWS_ACCESS_KEY_ID is not known at http'],
    [
      'another secret',
      { secretAccessKey: 'the/secret+of=another' },
      'is not the secret of AWS_ACCESS_KEY_ID',
    ],
    ['a token without need', { sessionToken: 'a_token' }, 'does not belong to AWS_ACCESS_KEY_ID'],
    ['another region', { region: 'us-east-1' }, 'AWS_REGION is us-east-1: set AWS_REGION=eu-test-1'],
  ];
  it.each(given)('of %s, by a store that checks signatures', async (_, changes, said) => {
    const files = filesWith(changes);
    expect(await failureOf(files.read(place))).toContain(said);
    expect(await failureOf(files.namesIn('s3://archive', 'k7'))).toContain(said);
    expect(await failureOf(files.write(place, bytes))).toContain(said);
    expect(store.objects.size).toBe(0);
  });

  it('of a bucket that is not there, for each request', async () => {
    const said = `there is no bucket elsewhere at ${store.url}: make it, or correct the address s3://elsewhere`;
    expect(await failureOf(filesWith().read('s3://elsewhere/v1'))).toContain(said);
    expect(await failureOf(filesWith().write('s3://elsewhere/v1', bytes))).toContain(said);
    expect(await failureOf(filesWith().namesIn('s3://elsewhere', 'k7'))).toContain(said);
  });

  it('of a session, whose token is sent and signed', async () => {
    store.credentials = { ...store.credentials, sessionToken: 'a_token' };
    expect(await filesWith({ sessionToken: 'a_token' }).write(place, bytes)).toBe(true);
    store.credentials = { ...store.credentials, sessionToken: null };
  });
});

describe('the settings', () => {
  const found = (given: S3Given): string[] => {
    try {
      s3Settings(given);
      return [];
    } catch (error) {
      expect(String(error)).not.toMatch(/hidden|pass word/);
      return (error as { issues: { path: string }[] }).issues.map(({ path }) => path);
    }
  };
  const key = { accessKeyId: 'A', secretAccessKey: 'hidden' };

  it('are named one by one where they are missing or wrong', () => {
    expect(found({})).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']);
    expect(found({ ...key, region: 'Frankfurt' })).toEqual(['AWS_REGION']);
    expect(found({ ...key, secretAccessKey: 'pass word', region: 'eu-central-1' })).toEqual([
      'AWS_SECRET_ACCESS_KEY',
    ]);
    expect(found({ ...key, endpoint: 'minio:9000' })).toEqual(['AWS_ENDPOINT_URL_S3']);
    expect(found({ ...key, endpoint: 'http://a:hidden@minio', endpointKey: 'AWS_ENDPOINT_URL' })).toEqual([
      'AWS_ENDPOINT_URL',
    ]);
    expect(found({ ...key, endpoint: 'http://minio:9000' })).toEqual([]);
    expect(() => sealedFilesWith({}).assertUsable('s3://archive')).toThrow(
      'AWS_ACCESS_KEY_ID: found nothing',
    );
  });

  it.each([
    [
      's3://archive/a b/v+1',
      { region: 'eu-central-1', endpoint: null },
      'https://archive.s3.eu-central-1.amazonaws.com/a%20b/v%2B1',
    ],
    [
      's3://with.dots/v1',
      { region: 'eu-central-1', endpoint: null },
      'https://s3.eu-central-1.amazonaws.com/with.dots/v1',
    ],
    [
      's3://archive/v1',
      { region: 'cn-north-1', endpoint: null },
      'https://archive.s3.cn-north-1.amazonaws.com.cn/v1',
    ],
    ['s3://archive/v1', { region: 'auto', endpoint: 'https://store/base' }, 'https://store/base/archive/v1'],
  ])('lead %s with %o to its address', (text, settings, url) => {
    expect(s3UrlOf(s3PlaceOf(text), settings).href).toBe(url);
  });

  it.each([
    's3://',
    's3://ab',
    's3://Archive/x',
    's3://archive//x',
    's3://archive/../x',
    's3://archive/x\ny',
    's3://a:b@archive/x',
  ])('are not asked for %j, which is no place', (text) => {
    expect(() => s3PlaceOf(text)).toThrow('That is no place in S3');
  });
});
