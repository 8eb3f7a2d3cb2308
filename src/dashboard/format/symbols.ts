/** Option symbols as people read them: coin, strike, call or put, expiry. What is not one is shown as it is. */

export interface ReadSymbol {
  readonly coin: string;
  readonly strike: string;
  readonly kind: 'call' | 'put';
  /** Of the delivery, at 08:00 UTC. */
  readonly expiryMs: number;
  readonly settleCoin: string;
}

const pattern = /^([A-Z0-9]+)-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:\.\d+)?)-([CP])(?:-([A-Z]+))?$/;
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const deliveryHour = 8;

const known = new Map<string, ReadSymbol | null>();

/** `null` for a name of another form. */
export function readSymbol(symbol: string): ReadSymbol | null {
  const before = known.get(symbol);
  if (before !== undefined) return before;
  const found = parse(symbol);
  known.set(symbol, found);
  return found;
}

function parse(symbol: string): ReadSymbol | null {
  const [, coin = '', day = '', month = '', year = '', strike = '', letter = '', settleCoin = 'USDC'] =
    pattern.exec(symbol) ?? [];
  const monthIndex = months.indexOf(month);
  if (coin === '' || monthIndex < 0) return null;
  const expiryMs = Date.UTC(2000 + Number(year), monthIndex, Number(day), deliveryHour);
  return { coin, strike, kind: letter === 'C' ? 'call' : 'put', expiryMs, settleCoin };
}
