/** One attempt to deliver one alert: its text in the recipient's zone, the time it may take, and what came of it. */
import { deliveredText } from '../domain/explain/delivered-text.ts';
import { plainText } from '../domain/foreign-text.ts';
import { isZone, utc } from '../domain/zones.ts';
import type { AlertSender, AlertSenders, SendOutcome } from '../ports/channels.ts';
import type { DueDelivery } from '../ports/deliveries.ts';
import { isSilent } from './quiet-hours.ts';

export interface AttemptOptions {
  readonly senders: AlertSenders;
  readonly timeoutMs: number;
  readonly nowMs: number;
}

/** Never rejects. @param abandon ends the attempt at once; its outcome then means nothing */
export async function attempt(
  delivery: DueDelivery,
  { senders, timeoutMs, nowMs }: AttemptOptions,
  abandon: AbortSignal,
): Promise<SendOutcome> {
  const { kind, address } = delivery;
  const sender: AlertSender | null = senders[kind];
  if (sender === null) return later(`the operator has not set up ${kind}`);
  if (address === null) return later('its address cannot be opened with the keys of this daemon');
  const message = {
    id: delivery.messageId,
    severity: delivery.severity,
    code: delivery.code,
    figures: delivery.figures,
    accountId: delivery.accountId,
    accountName: delivery.accountName,
    taskId: delivery.taskId,
    text: textOf(delivery),
    atMs: delivery.atMs,
    isSilent: isSilent(delivery, nowMs),
  };
  return boundedAttempt((signal) => sender.send(message, address, signal), timeoutMs, abandon);
}

/**
 * Gives a sender so long, also one that does not heed its signal. Never rejects: what is thrown might hold an address.
 * @param abandon ends it sooner
 */
export async function boundedAttempt(
  send: (signal: AbortSignal) => Promise<SendOutcome>,
  timeoutMs: number,
  abandon?: AbortSignal,
): Promise<SendOutcome> {
  const aborting = new AbortController();
  const abort = (): void => aborting.abort();
  abandon?.addEventListener('abort', abort);
  const timer = setTimeout(abort, timeoutMs);
  try {
    const outcome = await Promise.race([send(aborting.signal), lateBy(aborting.signal)]);
    return outcome.kind === 'delivered' ? outcome : { ...outcome, said: plainText(outcome.said) };
  } catch {
    return later('the attempt failed');
  } finally {
    clearTimeout(timer);
    abandon?.removeEventListener('abort', abort);
  }
}

/** Figures that a sentence does not understand must not keep an alert from its person. */
function textOf(delivery: DueDelivery): string {
  const zone = isZone(delivery.timeZone) ? delivery.timeZone : utc;
  try {
    return deliveredText(delivery, zone);
  } catch {
    return deliveredText({ ...delivery, code: `${delivery.code} (unreadable)` }, zone);
  }
}

const later = (said: string): SendOutcome => ({ kind: 'later', retryAfterMs: null, said });

/** For a sender that does not heed its signal. */
const lateBy = (signal: AbortSignal): Promise<SendOutcome> =>
  new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(later('it did not answer in time')), { once: true }),
  );
