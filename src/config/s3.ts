/** How S3 is reached, by the environment variables that the AWS tools have for it. They are judged where they are used. */
import type { S3Given } from '../files/s3/s3-settings.ts';
import type { Reader } from './reader.ts';

/** The public rule: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
export function readS3(reader: Reader): S3Given {
  const own = reader.text('AWS_ENDPOINT_URL_S3');
  const general = reader.text('AWS_ENDPOINT_URL');
  return {
    accessKeyId: reader.text('AWS_ACCESS_KEY_ID'),
    secretAccessKey: reader.text('AWS_SECRET_ACCESS_KEY'),
    sessionToken: reader.text('AWS_SESSION_TOKEN'),
    region: reader.text('AWS_REGION'),
    endpoint: own ?? general,
    endpointKey: own === undefined ? 'AWS_ENDPOINT_URL' : 'AWS_ENDPOINT_URL_S3',
  };
}
