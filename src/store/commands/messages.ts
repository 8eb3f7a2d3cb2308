/**
 * Messages between processes by NOTIFY, which writes no row. A notice holds less than 8,000 bytes, so a message travels
 * in numbered parts, all sent in one transaction; incomplete and malformed messages are dropped.
 */

/** Bytes of the message in one part, which base64 makes a third longer. */
const partBytes = 5_500;
const partsMax = 64;
/** How many incomplete messages are kept; a new one replaces the oldest. */
const incompleteMax = 100;

/** @throws Error when the message is longer than some hundred thousand bytes */
export function partsOf(messageId: string, message: unknown): readonly string[] {
  const bytes = Buffer.from(JSON.stringify(message));
  const total = Math.ceil(bytes.length / partBytes);
  if (total > partsMax) throw new Error(`a message of ${bytes.length} bytes is too long to be sent`);
  return Array.from({ length: total }, (_, at) => {
    const part = bytes.subarray(at * partBytes, (at + 1) * partBytes);
    return `${messageId} ${at + 1}/${total} ${part.toString('base64')}`;
  });
}

interface Incomplete {
  readonly total: number;
  readonly parts: Map<number, Buffer>;
}

/** Joins the parts of messages. */
export class MessageReader {
  readonly #incomplete = new Map<string, Incomplete>();

  /** @returns the message with its last part; `undefined` before that, and for a payload that is no part of a message */
  take(payload: string): unknown {
    const match = /^([\w-]{1,64}) (\d{1,2})\/(\d{1,2}) ([\w+/=]+)$/.exec(payload);
    if (!match) return undefined;
    const [, messageId = '', at, of, base64 = ''] = match;
    const [place, total] = [Number(at), Number(of)];
    if (place < 1 || place > total || total > partsMax) return undefined;
    const known = this.#incomplete.get(messageId);
    const message = known?.total === total ? known : { total, parts: new Map<number, Buffer>() };
    message.parts.set(place, Buffer.from(base64, 'base64'));
    if (message.parts.size < total) {
      this.#keep(messageId, message);
      return undefined;
    }
    this.#incomplete.delete(messageId);
    const parts = Array.from(
      { length: total },
      (_, index) => message.parts.get(index + 1) ?? Buffer.alloc(0),
    );
    return parsed(Buffer.concat(parts).toString());
  }

  #keep(messageId: string, message: Incomplete): void {
    this.#incomplete.set(messageId, message);
    const [oldest] = this.#incomplete.keys();
    if (this.#incomplete.size > incompleteMax && oldest !== undefined) this.#incomplete.delete(oldest);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
