/** One POST to a receiver over HTTP, and what its answer means. Nothing of an address comes back in what is said. */
import { plainText } from '../../domain/foreign-text.ts';
import { AddressRefused, NoAnswer, type Outgoing, type OutgoingAnswer } from '../../net/outgoing.ts';
import type { SendOutcome } from '../../ports/channels.ts';

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What must not be quoted from an answer, besides the parts of the address. */
  readonly secrets?: readonly string[];
  readonly signal: AbortSignal;
  /** What the receiver says of success or of waiting in its own way; `null` for the usual meaning of the status. */
  readonly judge?: (answer: OutgoingAnswer) => SendOutcome | null;
}

export async function post(outgoing: Outgoing, request: Post): Promise<SendOutcome> {
  const { url, headers, body, signal, judge } = request;
  try {
    const answer = await outgoing.send({
      url,
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal,
    });
    return judge?.(answer) ?? usualMeaning(answer, request);
  } catch (error) {
    if (error instanceof AddressRefused)
      return { kind: 'refused', said: `the address is refused: ${error.message}` };
    const said = error instanceof NoAnswer ? error.message : 'the request could not be made';
    return { kind: 'later', retryAfterMs: null, said };
  }
}

function usualMeaning(answer: OutgoingAnswer, { url, secrets = [] }: Post): SendOutcome {
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const said = `answered ${status}${quoted(answer.text, [url, ...secrets])}`;
  if (status >= 300 && status < 400) return { kind: 'refused', said: `${said}: redirects are not followed` };
  const mayPass = status >= 500 || [408, 425, 429].includes(status);
  if (!mayPass) return { kind: 'refused', said };
  return { kind: 'later', retryAfterMs: retryAfterMs(retryAfter, Date.now()), said };
}

/** The header's seconds or date; `null` for neither. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : null;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

const quotedMax = 120;
/** Shorter parts of an address say nothing. */
const partLengthMin = 6;

/**
 * The receiver's words, if they are few and plain and hold no part of what is secret: receivers repeat the address that was
 * asked for.
 */
export function quoted(text: string, secrets: readonly string[]): string {
  const words = plainText(text, quotedMax);
  if (words === '' || !/^[\p{L}\p{N} _.,;:'"(){}[\]=-]+$/u.test(words)) return '';
  const lower = text.toLowerCase();
  const parts = secrets.flatMap(partsOf).filter(({ length }) => length >= partLengthMin);
  return parts.some((part) => lower.includes(part)) ? '' : `: ${words}`;
}

function partsOf(secret: string): string[] {
  const parts = secret.toLowerCase().split(/[^a-z0-9_-]+/);
  return [...parts, ...parts.map((part) => part.replaceAll(/[_-]/g, ''))];
}
