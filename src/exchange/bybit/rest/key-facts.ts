/**
 * What Bybit says of an API key and its account (docs/exchange.md#keys): the rights of the key, where it is accepted from and
 * until when, the kind of account and its margin mode. What an endpoint does not answer, or answers in another form, is not
 * known; only a key that the exchange does not accept is an error.
 */
import { z } from 'zod';
import { Retryable, Terminal } from '../../../domain/errors.ts';
import type { MarginMode } from '../../../domain/market/pre-check.ts';
import type { KeyFacts } from '../../../domain/orders/key-facts.ts';
import { dayMs } from '../../../domain/units.ts';
import { plainText } from '../../../domain/foreign-text.ts';
import type { ExchangeClock } from '../time/exchange-clock.ts';
import type { LocalTime } from '../time/local-time.ts';
import { ownerIn } from './key-owner.ts';
import type { RestChannel } from './rest.ts';

/** A field of another form than documented is not known; it must not hide the others. */
const lenient = <T>(shape: z.ZodType<T>) => shape.optional().catch(undefined);
const names = lenient(z.array(z.string()));

const keyInfo = z.object({
  userID: lenient(z.union([z.string(), z.number()])),
  readOnly: lenient(z.union([z.number(), z.string()])),
  permissions: lenient(z.object({ Wallet: names, Options: names })),
  ips: names,
  deadlineDay: lenient(z.number()),
  expiredAt: lenient(z.string()),
  uta: lenient(z.union([z.number(), z.string()])),
});
type KeyInfo = z.output<typeof keyInfo>;

const accountInfo = z.object({
  marginMode: lenient(z.string()),
  unifiedMarginStatus: lenient(z.number()),
});

export interface AskingTools {
  readonly clock: ExchangeClock;
  readonly local: LocalTime;
}

/** The exchange's refusals of a request's time. */
const timeCodes = new Set(['10002', '-1']);
/** A refused time is asked anew, with the clock measured again, because a slow answer may have been an exception. */
const triesMax = 3;
const tryAgainAfterMs = 500;

/** @throws Retryable, or Terminal (scope `account`) when the key is not accepted */
export async function keyFactsOf(rest: RestChannel, { clock, local }: AskingTools): Promise<KeyFacts> {
  const key = await untilTimeIsTaken(local, () => readKey(rest));
  const account = typeof key === 'string' ? null : await readAccount(rest);
  const info = typeof key === 'string' ? null : key;
  const atMs = clock.estimatedMs();
  const { Wallet, Options } = info?.permissions ?? {};
  return {
    atMs,
    userId: ownerIn(info?.userID),
    isReadOnly: info?.readOnly === undefined ? null : Number(info.readOnly) !== 0,
    mayTradeOptions: Options === undefined ? null : Options.includes('OptionsTrade'),
    mayWithdraw: Wallet === undefined ? null : Wallet.includes('Withdraw'),
    isBoundToAddress: boundIn(info?.ips),
    expiresAtMs: info === null ? null : endOf(info, atMs),
    isUnified: unifiedIn(info?.uta, account?.unifiedMarginStatus),
    marginMode: modeIn(account),
    clock: {
      aheadMs: clock.rules.isToday ? Math.round(clock.aheadOfLocalMs) : null,
      refused: typeof key === 'string' ? key : null,
    },
  };
}

/** How the account is margined; `null` when the exchange does not say. @throws Retryable */
export const marginModeOf = async (rest: RestChannel): Promise<MarginMode | null> =>
  modeIn(await readAccount(rest));

const modeIn = (account: z.output<typeof accountInfo> | null): MarginMode | null =>
  marginModes[account?.marginMode ?? ''] ?? null;

const marginModes: Readonly<Record<string, MarginMode>> = {
  ISOLATED_MARGIN: 'isolated',
  REGULAR_MARGIN: 'cross',
  PORTFOLIO_MARGIN: 'portfolio',
};

/** @returns the refusal of the request's time, in the exchange's words, when every try met one */
async function untilTimeIsTaken<T>(local: LocalTime, ask: () => Promise<T>): Promise<T | string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Retryable) || !timeCodes.has(error.code)) throw error;
      if (attempt >= triesMax) return plainText(error.message, 300);
      await new Promise<void>((resolve) => void local.after(tryAgainAfterMs, resolve));
    }
  }
}

/** Nothing of it is known where this endpoint does not exist. */
async function readKey(rest: RestChannel): Promise<KeyInfo | null> {
  try {
    const request = {
      subject: 'read what the API key may do',
      path: '/v5/user/query-api',
      params: {},
    } as const;
    return (await rest.read(request, keyInfo)).result;
  } catch (error) {
    if (error instanceof Terminal && error.scope !== 'account') return null;
    throw error;
  }
}

/** The key is known to be accepted by now: a refusal means that it may not read this. */
async function readAccount(rest: RestChannel): Promise<z.output<typeof accountInfo> | null> {
  try {
    const request = { subject: 'read the margin mode', path: '/v5/account/info', params: {} } as const;
    return (await rest.read(request, accountInfo)).result;
  } catch (error) {
    if (error instanceof Terminal) return null;
    throw error;
  }
}

/** `["*"]` means any address. */
function boundIn(ips: readonly string[] | undefined): boolean | null {
  if (ips === undefined) return null;
  return ips.length > 0 && !ips.includes('*') && !ips.includes('');
}

/** Dates before the exchange began stand for "none". */
const noEndBeforeMs = Date.UTC(2018, 0, 1);

/** A key that is bound to an address has no end, and then both fields are without meaning. */
function endOf({ expiredAt, deadlineDay }: KeyInfo, atMs: number): number | null {
  const statedMs = expiredAt === undefined ? Number.NaN : Date.parse(expiredAt);
  if (statedMs > noEndBeforeMs) return statedMs;
  return deadlineDay !== undefined && deadlineDay > 0 ? atMs + deadlineDay * dayMs : null;
}

/** `uta` of the key, or the status of the account: 1 is the classic account, from 3 on it is unified. */
function unifiedIn(uta: number | string | undefined, status: number | undefined): boolean | null {
  if (Number(uta) === 1 || (status !== undefined && status >= 3)) return true;
  return uta === undefined && status === undefined ? null : false;
}
