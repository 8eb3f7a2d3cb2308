/**
 * Says what a websocket frame is: data, or the answer to something we sent. Every stream of Bybit answers in its own
 * form (Bybit docs: v5/ws/connect); all forms are read here, so that a connection need not know which stream it serves.
 * What the data means is left to the feeds.
 */
import { plainText } from '../../../domain/foreign-text.ts';
import { commandFrame, commandResponse, type DataFrame, dataFrame, replyFrame } from '../messages.ts';
import { shortReason } from '../parse.ts';

/** The answer to a whole request for topics. */
export interface RequestAnswer {
  readonly kind: 'subscription';
  /** Empty where the exchange leaves it out. */
  readonly requestId: string;
  readonly accepted: boolean;
  readonly reason: string;
}

/** An answer that names topics instead of a request. */
export interface TopicsAnswer {
  readonly kind: 'topics';
  readonly granted: readonly string[];
  readonly refused: readonly string[];
  readonly accepted: boolean;
  readonly reason: string;
}

/** The answer to one command on an order (docs/exchange.md#order-entry); its caller judges the codes. */
export interface CommandAnswer {
  readonly kind: 'answer';
  /** Empty where the exchange leaves it out, which happens with failures. */
  readonly requestId: string;
  readonly op: string;
  readonly json: unknown;
  /** The beginning of the frame as it came. */
  readonly text: string;
  /** Exchange time, null when the answer does not say. */
  readonly sentAtMs: number | null;
}

export type Frame =
  /** `sentAtMs` is exchange time, null when the frame does not say. */
  | { readonly kind: 'data'; readonly frame: DataFrame; readonly sentAtMs: number | null }
  | { readonly kind: 'pong'; readonly sentAtMs: number | null }
  | { readonly kind: 'login'; readonly accepted: boolean; readonly reason: string }
  | RequestAnswer
  | TopicsAnswer
  | CommandAnswer
  | { readonly kind: 'unsubscription' }
  | { readonly kind: 'malformed'; readonly topic: string; readonly reason: string };

export function readFrame(text: string): Frame {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'malformed', topic: '', reason: 'not JSON' };
  }
  const topic: unknown = (Object(json) as { topic?: unknown }).topic;
  if (topic !== undefined) return readData(json, typeof topic === 'string' ? topic : '');
  return readAnswer(json, text) ?? readReply(json);
}

const textLengthMax = 16_384;

/** Only what names an operation on orders: the exchange numbers no request of its own. */
function readAnswer(json: unknown, text: string): CommandAnswer | null {
  const parsed = commandFrame.safeParse(json);
  if (!parsed.success || !parsed.data.op.startsWith('order.')) return null;
  const { reqId, op, header } = parsed.data;
  const sentAtMs = timeOf(header?.Timenow);
  return { kind: 'answer', requestId: reqId, op, json, text: text.slice(0, textLengthMax), sentAtMs };
}

function readData(json: unknown, topic: string): Frame {
  const parsed = dataFrame.safeParse(json);
  if (!parsed.success) return { kind: 'malformed', topic, reason: shortReason(parsed.error) };
  return { kind: 'data', frame: parsed.data, sentAtMs: parsed.data.ts ?? parsed.data.creationTime };
}

function readReply(json: unknown): Frame {
  const parsed = replyFrame.safeParse(json);
  if (!parsed.success) return { kind: 'malformed', topic: '', reason: shortReason(parsed.error) };
  const reply = parsed.data;
  const accepted = reply.success ?? (reply.retCode === 0 || isRepeatedLogin(reply));
  const said = plainText(reply.ret_msg === '' ? reply.retMsg : reply.ret_msg);
  if (reply.op === 'pong' || (reply.op === 'ping' && reply.ret_msg === 'pong')) {
    return { kind: 'pong', sentAtMs: timeOf(reply.args?.[0]) };
  }
  if (reply.op === 'auth') return { kind: 'login', accepted, reason: said };
  if (reply.op === 'subscribe') {
    return { kind: 'subscription', requestId: reply.req_id, accepted, reason: said };
  }
  if (reply.op === 'unsubscribe') return { kind: 'unsubscription' };
  if (reply.type === 'COMMAND_RESP') {
    const topics = commandResponse.nullish().safeParse(reply.data);
    if (!topics.success) return { kind: 'malformed', topic: '', reason: shortReason(topics.error) };
    const { successTopics: granted = [], failTopics: refused = [] } = topics.data ?? {};
    const reason = said === '' ? 'it is among the failTopics' : said;
    return { kind: 'topics', granted, refused, accepted, reason };
  }
  return { kind: 'malformed', topic: '', reason: `neither data nor a known answer (op ${reply.op})` };
}

/** The exchange refuses a log-in of order entry where there was one already (docs/exchange.md#order-entry). */
const isRepeatedLogin = ({ op, retCode }: { op: string; retCode?: number | null | undefined }): boolean =>
  op === 'auth' && retCode === 20001;

/** Only a string or a number is converted: the conversion of an object might throw. */
function timeOf(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const timeMs = Number(value);
  return Number.isSafeInteger(timeMs) ? timeMs : null;
}
