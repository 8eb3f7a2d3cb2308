/** Which exchange is traded on, and how it is reached. Live trading has to be asked for twice. */
import { z } from 'zod';
import { flag, isLoopback, oneOf, seconds } from './shapes.ts';
import type { Reader } from './reader.ts';

export const modes = ['paper', 'testnet', 'demo', 'live'] as const;
export type Mode = (typeof modes)[number];

/** The value of `ROLLKEEPER_LIVE` that is required, besides the mode, before real money is traded. */
export const liveConsent = 'yes-with-real-money';

const orderWays = ['websocket', 'rest'] as const;
type OrderWay = (typeof orderWays)[number];

export interface ExchangeAddress {
  /** Base addresses without a trailing slash; both given or both `null` (= the mode's own). */
  readonly restUrl: string | null;
  readonly wsUrl: string | null;
  readonly timeoutMs: number;
  /** How orders are sent; `websocket` means by REST while that connection is down. */
  readonly orders: OrderWay;
}

export function readMode(reader: Reader): Mode {
  const given = reader.read('ROLLKEEPER_MODE', oneOf(modes));
  const testnet = reader.read('BYBIT_TESTNET', flag);
  const consent = reader.text('ROLLKEEPER_LIVE');
  if (testnet === true && given !== undefined && given !== 'testnet') {
    reader.wrong(
      'BYBIT_TESTNET',
      '"true"',
      `no BYBIT_TESTNET beside ROLLKEEPER_MODE=${given}: they disagree`,
    );
  }
  if (given === 'live' && consent !== liveConsent) {
    reader.wrong(
      'ROLLKEEPER_LIVE',
      consent === undefined ? 'nothing' : JSON.stringify(consent),
      `${liveConsent}: ROLLKEEPER_MODE=live trades real money and has to be asked for twice`,
    );
  }
  if (given !== undefined) return given;
  if (testnet === true) return 'testnet';
  if (testnet === false || consent !== undefined) {
    const key = testnet === false ? 'BYBIT_TESTNET=false' : 'ROLLKEEPER_LIVE';
    reader.warnings.push(
      `${key} alone does not mean live: this is paper mode. For real money set ROLLKEEPER_MODE=live and ROLLKEEPER_LIVE=${liveConsent}`,
    );
  }
  return 'paper';
}

export function readExchange(reader: Reader, mode: Mode): ExchangeAddress {
  const restUrl = reader.read('BYBIT_REST_URL', address('http', mode)) ?? null;
  const wsUrl = reader.read('BYBIT_WS_URL', address('ws', mode)) ?? null;
  for (const [missing, other] of [
    ['BYBIT_REST_URL', 'BYBIT_WS_URL'],
    ['BYBIT_WS_URL', 'BYBIT_REST_URL'],
  ] as const) {
    if (reader.text(missing) === undefined && reader.text(other) !== undefined) {
      reader.wrong(
        missing,
        'nothing',
        `the address that belongs to ${other}, so that both reach one exchange`,
      );
    }
  }
  const timeoutSeconds = reader.read('BYBIT_TIMEOUT_SECONDS', seconds(0.5, 60)) ?? 5;
  return { restUrl, wsUrl, timeoutMs: timeoutSeconds * 1_000, orders: readOrders(reader, mode) };
}

function readOrders(reader: Reader, mode: Mode): OrderWay {
  const given = reader.read('BYBIT_ORDERS', oneOf(orderWays));
  if (mode !== 'demo') return given ?? 'websocket';
  if (given === 'websocket')
    reader.warnings.push(
      'BYBIT_ORDERS=websocket does nothing in demo mode: demo trading takes orders by REST alone',
    );
  return 'rest';
}

/** Unencrypted addresses are only for this machine and for paper money: elsewhere a signed request could be read. */
const address = (scheme: 'http' | 'ws', mode: Mode): z.ZodType<string, string> => {
  const plainAllowed = (url: URL): boolean => mode === 'paper' || isLoopback(url);
  const right = (text: string): boolean => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return url.protocol === `${scheme}s:` || (url.protocol === `${scheme}:` && plainAllowed(url));
  };
  const phrase = `an address like ${scheme}s://host${mode === 'paper' ? ` or ${scheme}://127.0.0.1:8787` : ''}`;
  return z
    .string()
    .refine(right, phrase)
    .transform((text) => text.replace(/\/+$/, ''));
};
