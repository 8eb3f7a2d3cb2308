/** The audit of structures, and what the others know of legs: each finds what it is there to find. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { HeldOption } from '../../src/domain/market/held-option.ts';
import type { PaperOrder } from '../../src/exchange/paper/engine/types.ts';
import { optionNamed } from '../support/options.ts';
import { StructureAudit, uncoveredOf } from './audit/structure-audit.ts';
import { tally } from './audited-turns.ts';

const leg = (side: 'Buy' | 'Sell', strike: number, name: string): HeldOption => ({
  ...optionNamed(`BTC-10MAR23-${strike}-C-USDT`),
  side,
  qty: '1',
  premium: '900',
  leg: name,
});
const short = leg('Sell', 25_000, 'short');
const long = leg('Buy', 27_000, 'long');

const move = ({ symbol }: HeldOption, closed = '0', opened = '0') => ({
  fromSymbol: symbol,
  toSymbol: symbol.replace(/2(\d)000/, (_, digit) => `2${Number(digit) + 1}000`),
  toStrike: null,
  toExpiryMs: null,
  qty: '1',
  openQty: '1',
  closed: tally(closed),
  opened: tally(opened),
});
const rollOf = (moves: readonly object[]) => {
  const [first, ...others] = moves;
  return { rollId: 't-v2', closesOnly: false, compensating: false, ...first, others };
};
const stored = (roll: object | null) => ({
  taskId: 't',
  snapshotJson: JSON.stringify({ context: { held: short, others: [long], roll } }),
});

let found: string[];
let audit: StructureAudit;
beforeEach(() => {
  found = [];
  audit = new StructureAudit((text) => void found.push(text));
  audit.created(stored(null));
});

const commits = (...rolls: (object | null)[]) => {
  for (const roll of rolls) audit.committed(stored(roll));
};
const order = (linkId: string, side: 'Buy' | 'Sell', symbol: string): void =>
  audit.orderChanged({ linkId, side, symbol, status: 'New' } as PaperOrder);

describe('The audit of structures', () => {
  it('counts shorts without a long of their type', () => {
    expect(uncoveredOf([short, long])).toEqual({ call: '0', put: '0' });
    expect(uncoveredOf([short, short, long])).toEqual({ call: '1', put: '0' });
    expect(uncoveredOf([long, long])).toEqual({ call: '0', put: '0' });
  });

  it('accepts a roll that closes the short first and opens it last', () => {
    commits(rollOf([move(short), move(long)]));
    order('close-t-v2', 'Buy', short.symbol);
    commits(rollOf([move(short, '1'), move(long)]));
    order('close-t-v2-a2', 'Sell', long.symbol);
    commits(rollOf([move(short, '1'), move(long, '1')]));
    order('open-t-v2', 'Buy', move(long).toSymbol);
    commits(rollOf([move(short, '1'), move(long, '1', '1')]));
    order('open-t-v2-a2', 'Sell', move(short).toSymbol);
    commits(rollOf([move(short, '1', '1'), move(long, '1', '1')]), null);
    expect(found).toEqual([]);
  });

  it('finds a long that is closed while its short is open', () => {
    commits(rollOf([move(short), move(long)]));
    order('close-t-v2', 'Sell', long.symbol);
    commits(rollOf([move(short), move(long, '1')]), null);
    expect(found).toEqual([
      `close-t-v2 closes ${long.symbol} before short of its task`,
      'task t had 1 of its short calls uncovered in t-v2: 0 before, 0 after',
    ]);
  });

  it('finds a short that is opened before its long', () => {
    commits(rollOf([move(short, '1'), move(long, '1')]));
    order('open-t-v2', 'Sell', move(short).toSymbol);
    expect(found).toEqual([`open-t-v2 opens ${move(short).toSymbol} before long of its task`]);
  });
});
