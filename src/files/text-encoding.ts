/** Detects how a text file is encoded by its first bytes, as editors and spreadsheets write them. */

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Null when it is no text. A byte order mark decides; without one, the positions of the zero bytes of plain letters do. */
export function encodingOf(first: Uint8Array): TextEncoding | null {
  const [a, b, c] = first;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  const head = first.subarray(0, 1_024);
  const zeros = [0, 0];
  head.forEach((byte, at) => byte === 0 && (zeros[at % 2] = (zeros[at % 2] ?? 0) + 1));
  const [even = 0, odd = 0] = zeros;
  if (even === 0 && odd === 0) return 'utf-8';
  if (odd > head.length / 3 && even === 0) return 'utf-16le';
  if (even > head.length / 3 && odd === 0) return 'utf-16be';
  return null;
}

/** @throws TypeError when the bytes are no text, or a text in another encoding */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  if (encoding === null) throw new TypeError('not a text: it has zero bytes in it');
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TypeError(`not a text in ${encoding.toUpperCase()}`, { cause });
  }
}
