/**
 * A standing paper account on disk: every account's state in one JSON file, replaced atomically, at most once per
 * interval and once more on close. It is read back through a schema, which names what is wrong in a damaged file.
 */
import { renameSync, writeFileSync, existsSync, mkdirSync, fsyncSync, openSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { megabyte, readBounded } from '../../files/bounded-file.ts';
import type { AccountState } from './engine/types.ts';
import type { WallClock } from './wall-clock.ts';

/** Longer than what is accepted from outside, because sums and quotients are saved too. */
const decimalText = z.string().regex(/^-?\d{1,100}(\.\d{1,100})?$/);
const moneyOrNothing = z.union([decimalText, z.literal('')]);
const side = z.enum(['Buy', 'Sell']);
const settleCoin = z.enum(['USDT', 'USDC']);

const stopKind = z.enum(['TakeProfit', 'StopLoss']);

const order = z.object({
  orderId: z.string(),
  linkId: z.string(),
  symbol: z.string(),
  baseCoin: z.string(),
  settleCoin,
  side,
  orderType: z.enum(['Limit', 'Market']),
  timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'PostOnly']),
  reduceOnly: z.boolean(),
  orderIv: z.string(),
  price: decimalText,
  qty: decimalText,
  status: z.enum(['Accepted', 'New', 'PartiallyFilled', 'Filled', 'Cancelled', 'Rejected', 'Untriggered']),
  cancelType: z.string(),
  rejectReason: z.string(),
  executedQty: decimalText,
  executedValue: decimalText,
  fee: decimalText,
  closedPnl: decimalText,
  acceptedAtMs: z.number(),
  updatedAtMs: z.number(),
  priority: z.number(),
  stop: z.object({ kind: stopKind, triggerPrice: decimalText }).exactOptional(),
  stops: z
    .object({ takeProfit: decimalText.exactOptional(), stopLoss: decimalText.exactOptional() })
    .exactOptional(),
});

const extraFee = z.object({
  feeCoin: settleCoin,
  feeType: z.string(),
  subFeeType: z.string(),
  feeRate: decimalText,
  fee: decimalText,
});

const fill = z.object({
  execId: z.string(),
  orderId: z.string(),
  linkId: z.string(),
  symbol: z.string(),
  baseCoin: z.string(),
  settleCoin,
  side,
  orderType: z.enum(['Limit', 'Market']),
  orderPrice: decimalText,
  orderQty: decimalText,
  leavesQty: decimalText,
  price: decimalText,
  qty: decimalText,
  fee: decimalText,
  feeRate: decimalText,
  extraFees: z.array(extraFee).exactOptional(),
  isMaker: z.boolean(),
  closedQty: decimalText,
  realisedPnl: decimalText,
  markPrice: decimalText,
  markIv: decimalText,
  indexPrice: decimalText,
  underlyingPrice: decimalText,
  atMs: z.number(),
  seq: z.number(),
  stopKind: stopKind.exactOptional(),
});

const position = z.object({
  symbol: z.string(),
  side,
  qty: decimalText,
  averagePrice: decimalText,
  realisedPnl: decimalText,
  openFee: decimalText,
  openedAtMs: z.number(),
  updatedAtMs: z.number(),
  seq: z.number(),
});

const delivery = z.object({
  symbol: z.string(),
  side,
  qty: decimalText,
  entryPrice: decimalText,
  deliveryPrice: decimalText,
  strike: decimalText,
  fee: decimalText,
  realisedPnl: decimalText,
  atMs: z.number(),
});

const ledgerEntry = z.object({
  id: z.string(),
  type: z.enum(['TRADE', 'DELIVERY']),
  symbol: z.string(),
  coin: settleCoin,
  side,
  qty: decimalText,
  price: decimalText,
  cashFlow: decimalText,
  fee: decimalText,
  change: decimalText,
  balance: decimalText,
  orderId: z.string(),
  linkId: z.string(),
  atMs: z.number(),
});

const closedPosition = z.object({
  symbol: z.string(),
  side,
  qty: decimalText,
  entryPrice: decimalText,
  exitPrice: decimalText,
  deliveryPrice: moneyOrNothing,
  openFee: decimalText,
  closeFee: decimalText,
  deliveryFee: decimalText,
  totalPnl: decimalText,
  openedAtMs: z.number(),
  closedAtMs: z.number(),
});

const holding = z.object({ qty: decimalText, averagePrice: decimalText, updatedAtMs: z.number() });

const account: z.ZodType<AccountState> = z.object({
  apiKey: z.string(),
  wallet: z.object({ USDT: decimalText, USDC: decimalText }),
  positions: z.record(z.string(), position),
  orders: z.array(order),
  fills: z.array(fill),
  deliveries: z.array(delivery),
  ledger: z.array(ledgerEntry),
  closed: z.array(closedPosition),
  holdings: z.record(z.string(), holding).exactOptional(),
});

const stateFile = z.object({
  version: z.literal(1),
  seq: z.number().int().min(0),
  atMs: z.number().int().min(0).default(0),
  accounts: z.array(account),
});

const stateMaxBytes = 256 * megabyte;

export interface SavedState {
  /** The last number used for an id: a restored exchange must not repeat one. */
  readonly seq: number;
  /** The exchange's clock when this was saved, ms since epoch: a tape goes on from here. 0 when it is not known. */
  readonly atMs: number;
  readonly accounts: readonly AccountState[];
}

/** @throws Error naming the file and the first wrong place in it */
export function readState(path: string): SavedState | null {
  if (!existsSync(path)) return null;
  let json: unknown;
  try {
    json = JSON.parse(readBounded(path, stateMaxBytes).toString('utf8'));
  } catch (cause) {
    throw new Error(`${path}: not a paper account file`, { cause });
  }
  const parsed = stateFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is wrong'}`);
}

/** Replaces the file; a crash leaves the old one or the new one, whole. */
export function writeState(path: string, state: SavedState): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  try {
    writeFileSync(file, JSON.stringify({ version: 1, ...state }));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}

const saveDelayMs = 200;

/** Saves some time after the first change, and at once on `close`. */
export class StateSaver {
  readonly #path: string;
  readonly #wall: WallClock;
  readonly #state: () => SavedState;
  #planned: (() => void) | null = null;

  constructor(path: string, wall: WallClock, state: () => SavedState) {
    this.#path = path;
    this.#wall = wall;
    this.#state = state;
  }

  changed(): void {
    this.#planned ??= this.#wall.after(saveDelayMs, () => this.#save());
  }

  close(): void {
    this.#planned?.();
    this.#save();
  }

  #save(): void {
    this.#planned = null;
    writeState(this.#path, this.#state());
  }
}
