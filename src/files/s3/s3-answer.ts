/** What a store answers: its little XML, and refusals in words that say what to change. No text of an answer is shown, only its code. */
import { s3PlaceText, type S3Place } from './s3-place.ts';
import type { S3Settings } from './s3-settings.ts';

export interface S3Answer {
  readonly status: number;
  /** Of a refusal, like `NoSuchKey`; empty when there was none. */
  readonly code: string;
  /** Where the bucket is, if the answer says so. */
  readonly region: string;
  readonly bytes: Buffer;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The texts of all elements of a name that hold nothing but text. */
export const elementsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => entities[entity] ?? ''),
  );

const word = (text: string | null | undefined): string =>
  (/^[A-Za-z0-9-]{1,64}$/.exec(text ?? '') ?? [''])[0];

export function s3Answer({ status, headers }: Pick<Response, 'status' | 'headers'>, bytes: Buffer): S3Answer {
  if (status < 300) return { status, code: '', region: '', bytes };
  const xml = bytes.subarray(0, 1 << 16).toString();
  return {
    status,
    code: word(elementsOf(xml, 'Code')[0]),
    region: word(headers.get('x-amz-bucket-region') ?? elementsOf(xml, 'Region')[0]),
    bytes,
  };
}

/** Codes that a later attempt may not get, whatever their status. */
const passing = ['SlowDown', 'RequestTimeout', 'OperationAborted', 'ConditionalRequestConflict', 'BadDigest'];

/** 501 is for what a store does not know at all. */
export const mayPass = ({ status, code }: Pick<S3Answer, 'status' | 'code'>): boolean =>
  (status >= 500 && status !== 501) || status === 429 || status === 408 || passing.includes(code);

/** As a sentence without its end. */
export function refusalText(
  { status, code, region }: S3Answer,
  place: S3Place,
  settings: S3Settings,
): string {
  const at = settings.endpoint === null ? '' : ` at ${settings.endpoint}`;
  const known = codes[code];
  if (known !== undefined) return known({ place, at });
  const isElsewhere = region !== '' && region !== settings.region && settings.endpoint === null;
  if (isElsewhere || [301, 307].includes(status) || code === 'AuthorizationHeaderMalformed')
    return region === '' || region === settings.region
      ? `the bucket ${place.bucket} is not in the region ${settings.region}${at}: set AWS_REGION to the one that it is in`
      : `the bucket ${place.bucket} is in the region ${region}, and AWS_REGION is ${settings.region}: set AWS_REGION=${region}`;
  const answered = `${status}${code === '' ? '' : ` ${code}`}`;
  if (status === 401 || status === 403)
    return `${s3PlaceText(place)} is refused (${answered})${at}: give the access key the rights s3:ListBucket on the bucket and s3:GetObject and s3:PutObject on what is in it`;
  const isOther = code === '' && settings.endpoint !== null;
  return `the request for ${s3PlaceText(place)} was answered ${answered}${at}${isOther ? ': is a store that speaks S3 at this address?' : ''}`;
}

interface Refused {
  readonly place: S3Place;
  /** ` at https://…`, or nothing. */
  readonly at: string;
}

const codes: Readonly<Record<string, (refused: Refused) => string>> = {
  NoSuchBucket: ({ place, at }) =>
    `there is no bucket ${place.bucket}${at}: make it, or correct the address s3://${place.bucket}`,
  InvalidAccessKeyId: ({ at }) => `AWS_ACCESS_KEY_ID is not known${at || ' at Amazon'}: correct it`,
  SignatureDoesNotMatch: ({ at }) =>
    `AWS_SECRET_ACCESS_KEY is not the secret of AWS_ACCESS_KEY_ID${at}: correct one of them`,
  ExpiredToken: () => 'AWS_SESSION_TOKEN has expired: take a new key, secret and token',
  InvalidToken: () =>
    'AWS_SESSION_TOKEN does not belong to AWS_ACCESS_KEY_ID: take all three anew, or none for a lasting key',
  RequestTimeTooSkewed: () => 'the clock of this machine is more than 15 minutes wrong: set it right',
  InvalidObjectState: ({ place }) =>
    `${s3PlaceText(place)} lies in a storage class that has to be restored first (Glacier): restore it in S3`,
  EntityTooLarge: ({ place }) =>
    `${s3PlaceText(place)} is larger than one request may be there (5 GB at Amazon)`,
};
