/**
 * Files of archived journals as objects in S3. An object appears under its name as a whole or not at all, and none is ever replaced: it is
 * written under the condition that nothing is there, and what is there is compared.
 */
import { createHash } from 'node:crypto';
import { megabyte } from '../bounded-file.ts';
import { elementsOf } from './s3-answer.ts';
import { S3Client, S3Failure, type S3Patience } from './s3-client.ts';
import { s3PlaceOf, s3PlaceText, type S3Place } from './s3-place.ts';
import { s3Settings, type S3Given } from './s3-settings.ts';

/** As in a folder. One request may write 5 GB. */
const maxBytes = 512 * megabyte;

export class S3Files {
  readonly #given: S3Given;
  readonly #patience: Partial<S3Patience>;
  #opened: S3Client | undefined;

  constructor(given: S3Given, patience: Partial<S3Patience> = {}) {
    this.#given = given;
    this.#patience = patience;
  }

  /** @throws BadInput when the address is wrong, or a key of the configuration is missing */
  assertUsable(folder: string): void {
    s3PlaceOf(folder);
    this.#client();
  }

  placeIn(folder: string, name: string): string {
    return s3PlaceText(within(s3PlaceOf(folder), name));
  }

  async namesIn(folder: string, inner: string): Promise<readonly string[]> {
    const { bucket, key } = within(s3PlaceOf(folder), inner);
    const names: string[] = [];
    for (let token: string | undefined; ;) {
      const place = { bucket, key: '' };
      const query = {
        'list-type': '2',
        prefix: `${key}/`,
        delimiter: '/',
        'encoding-type': 'url',
        ...(token !== undefined && { 'continuation-token': token }),
      };
      const answer = await this.#client().send({ method: 'GET', place, query });
      if (answer.status !== 200) throw this.#client().refusal(answer, { bucket, key });
      const xml = answer.bytes.toString();
      names.push(
        ...elementsOf(xml, 'Key')
          .map(nameOf)
          .filter((name) => name !== ''),
      );
      token = elementsOf(xml, 'NextContinuationToken')[0];
      if (token === undefined) return names;
    }
  }

  async read(text: string): Promise<Buffer | null> {
    const place = s3PlaceOf(text);
    const answer = await this.#client().send({ method: 'GET', place });
    if (answer.status === 200) return answer.bytes;
    // A 404 without this code may come from anything that is no store.
    if (answer.code === 'NoSuchKey') return null;
    throw this.#client().refusal(answer, place);
  }

  async write(text: string, bytes: Buffer): Promise<boolean> {
    const place = s3PlaceOf(text);
    if (bytes.length > maxBytes)
      throw new S3Failure(`${text} would be longer than ${maxBytes / megabyte} MB`);
    const before = await this.read(text);
    if (before !== null) return before.equals(bytes);
    const put = (condition: Record<string, string>) =>
      this.#client().send({
        method: 'PUT',
        place,
        headers: {
          ...condition,
          'x-amz-checksum-sha256': sha256(bytes),
          'content-type': 'application/octet-stream',
        },
        body: bytes,
      });
    let answer = await put({ 'if-none-match': '*' });
    // Not every store knows the condition; a moment ago nothing was there.
    if (answer.status === 501 || answer.code === 'NotImplemented') answer = await put({});
    if (answer.status === 200) return true;
    // Another run was quicker, or an attempt of ours of which no answer came.
    if (answer.status === 412) return (await this.read(text))?.equals(bytes) === true;
    throw this.#client().refusal(answer, place);
  }

  #client(): S3Client {
    this.#opened ??= new S3Client(s3Settings(this.#given), maxBytes, this.#patience);
    return this.#opened;
  }
}

const within = ({ bucket, key }: S3Place, name: string): S3Place => ({
  bucket,
  key: key === '' ? name : `${key}/${name}`,
});

/** Keys are listed as addresses have them, so that every letter can stand in XML. */
const nameOf = (key: string): string => decodeURIComponent(key.replaceAll('+', ' ')).replace(/^.*\//s, '');

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');
