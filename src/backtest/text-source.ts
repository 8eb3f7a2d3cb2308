/**
 * Reads the text of a file in pieces, so that it may be larger than memory: plain or gzipped, as its first bytes say whatever
 * its name is, UTF-8 or UTF-16, with any line ends. What the lines mean is left to `price-file.ts`.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../domain/errors.ts';
import { encodingOf } from '../files/text-encoding.ts';

const pieceBytes = 1 << 18;

/** Formats that cannot be read, by their first bytes, each with what to do about it. */
const packed: readonly (readonly [magic: readonly number[], name: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive: unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed by zstd: unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'packed by xz: unpack it first'],
  [[0x42, 0x5a, 0x68], 'packed by bzip2: unpack it first'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7z archive: unpack it first'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file: write it as CSV'],
];

/**
 * The text with `\n` for every line end, and without a byte order mark.
 * @param onRead receives how much of the file has been read, 0 to 1
 * @throws Error that says why the file cannot be read
 */
export async function* textOf(path: string, onRead?: (share: number) => void): AsyncGenerator<string, void> {
  const entry = await stat(path);
  if (entry.isDirectory()) throw new Error('a directory');
  if (!entry.isFile()) throw new Error('no regular file: a pipe or a device is read only once');
  const bytes = createReadStream(path, { highWaterMark: pieceBytes });
  const ends = new LineEnds();
  let decoder: TextDecoder | null = null;
  for await (const piece of unpacked(bytes)) {
    decoder ??= decoderFor(piece);
    yield ends.plain(decoder.decode(piece, { stream: true }));
    onRead?.(bytes.bytesRead / entry.size);
  }
  yield ends.plain(decoder?.decode() ?? '');
}

async function* unpacked(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const pieces = bytes[Symbol.asyncIterator]();
  try {
    const { value: first } = (await pieces.next()) as IteratorResult<Buffer, undefined>;
    if (!first) return;
    const [, name] = packed.find(([magic]) => magic.every((byte, at) => first[at] === byte)) ?? [];
    if (name !== undefined) throw new Error(name);
    const all = followedBy(first, pieces);
    if (first[0] === 0x1f && first[1] === 0x8b) yield* gunzipped(all);
    else yield* all;
  } finally {
    await pieces.return?.();
  }
}

async function* gunzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  // A failure is thrown by the loop below.
  pipeline(bytes, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    throw new Error(`its gzip is damaged or cut off (${messageOf(error)})`, { cause: error });
  } finally {
    gunzip.destroy();
  }
}

async function* followedBy(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function decoderFor(first: Buffer): TextDecoder {
  const encoding = encodingOf(first);
  if (encoding === null) throw new Error('no text: there are zero bytes in it');
  return new TextDecoder(encoding, { fatal: true });
}

/** Keeps a carriage return at the end of a piece, because the next piece may begin with its line feed. */
class LineEnds {
  #held = '';

  plain(piece: string): string {
    const text = this.#held + piece;
    this.#held = '';
    if (!text.includes('\r')) return text;
    if (text.endsWith('\r') && piece !== '') {
      this.#held = '\r';
      return text.slice(0, -1).replaceAll(/\r\n?/g, '\n');
    }
    return text.replaceAll(/\r\n?/g, '\n');
  }
}
