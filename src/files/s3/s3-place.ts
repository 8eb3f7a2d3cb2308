/** Places in S3, `s3://bucket/folder/file` as the AWS tools write them, and the addresses at which a store has them. */
import { BadInput } from '../../domain/errors.ts';
import type { S3Settings } from './s3-settings.ts';

export interface S3Place {
  readonly bucket: string;
  /** Without a slash at its ends; empty for the bucket itself. */
  readonly key: string;
}

const scheme = 's3://';

export const isInS3 = (place: string): boolean => place.toLowerCase().startsWith(scheme);

export const s3PlaceText = ({ bucket, key }: S3Place): string =>
  key === '' ? `${scheme}${bucket}` : `${scheme}${bucket}/${key}`;

/** So that the names of our files after it stay below the 1,024 bytes that a key may have. */
const keyBytesMax = 1_000;

/** @throws BadInput for what is no place in S3 */
export function s3PlaceOf(text: string): S3Place {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)(.*)$/isu.exec(text) ?? [];
  const key = rest.replace(/^\/|\/+$/g, '');
  const isRight =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) &&
    key.split('/').every((part) => (part !== '' || key === '') && part !== '.' && part !== '..') &&
    !/[\p{Cc}\p{Cs}]/u.test(key) &&
    Buffer.byteLength(key) <= keyBytesMax;
  if (isRight) return { bucket, key };
  throw new BadInput('That is no place in S3', [
    {
      path: 'folder',
      found: JSON.stringify(text),
      expected: 's3://BUCKET/FOLDER, the bucket of 3 to 63 small letters, digits, dots and hyphens',
    },
  ]);
}

/**
 * Amazon's buckets are hosts, except those with dots in their names, whose certificates would not fit; other stores have them in the
 * path. https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function s3UrlOf(
  { bucket, key }: S3Place,
  { endpoint, region }: Pick<S3Settings, 'endpoint' | 'region'>,
): URL {
  const path = key.split('/').map(encodeURIComponent).join('/');
  if (endpoint !== null) return new URL(`${endpoint}/${bucket}/${path}`);
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return new URL(
    bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`,
  );
}
