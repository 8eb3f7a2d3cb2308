/** Turns the options of `rollkeeper paper` into settings of the exchange. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { parseInput } from '../../domain/bad-input.ts';
import { BadInput } from '../../domain/errors.ts';
import { readMoment } from '../../files/moment.ts';
import { symbolMeant } from '../../domain/market/exchange-rules.ts';
import { decimalPattern, isPositive } from '../../domain/money.ts';
import { exchangeRules } from '../../daemon/venue.ts';
import type { PaperExchangeOptions } from '../../exchange/paper/exchange.ts';
import { readYamlFile, UnreadableYaml } from '../../files/yaml-file.ts';

export interface PaperOptions {
  readonly port: string;
  readonly tape?: string;
  readonly from?: string;
  readonly to?: string;
  readonly speed?: string;
  readonly seed: string;
  readonly coin?: string;
  readonly startPrice?: string;
  readonly accounts?: string;
  readonly state?: string;
}

type PaperSettings = PaperExchangeOptions & { readonly port: number };

const wholeNumber = (max: number, expected: string) =>
  z
    .string()
    .regex(/^\d{1,10}$/, { error: expected })
    .transform(Number)
    .refine((value) => value <= max, { error: expected });

const positiveNumber = (expected: string) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,12})?$/, { error: expected })
    .transform(Number)
    .refine((value) => value > 0, { error: expected });

const file = z.string().refine((path) => existsSync(path), { error: 'a file that exists' });
const momentExpected = 'a moment like 2023-03-09T00:00Z';
const moment = z
  .string()
  .refine((text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) && readMoment(text) !== null, {
    error: momentExpected,
  });

const shape = z.object({
  '--port': wholeNumber(65_535, 'a port from 0 (any free one) to 65535'),
  '--tape': file.optional(),
  '--from': moment.optional(),
  '--to': moment.optional(),
  '--speed': z
    .union([z.literal('fast'), positiveNumber('')], { error: 'fast, or a multiple of real time like 60' })
    .optional(),
  '--seed': wholeNumber(4_294_967_295, 'a whole number from 0 to 4294967295'),
  '--coin': z.string().regex(/^[A-Z0-9]{2,12}$/, { error: 'a coin in capital letters, like DOGE' }),
  '--start-price': positiveNumber('a price from 0.000001 to 1000000, like 25000')
    .refine((price) => price >= 1e-6 && price <= 1e6, {
      error: 'a price from 0.000001 to 1000000, like 25000',
    })
    .optional(),
  '--accounts': file.optional(),
});

/** @throws BadInput naming every wrong option, or the wrong place in the accounts file. */
export function paperSettings(options: PaperOptions): PaperSettings {
  const typed = parseInput(
    shape,
    {
      '--port': options.port,
      '--tape': options.tape,
      '--from': options.from,
      '--to': options.to,
      '--speed': options.speed,
      '--seed': options.seed,
      '--coin': options.coin ?? 'BTC',
      '--start-price': options.startPrice,
      '--accounts': options.accounts,
    },
    'The command is not right',
  );
  const coin = typed['--coin'] === 'BTC' ? {} : { baseCoin: typed['--coin'] };
  const { '--tape': tape, '--from': from, '--to': to, '--speed': speed, '--seed': seed } = typed;
  if (tape === undefined && (from ?? to) !== undefined) {
    throw new BadInput('The command is not right', [
      { path: from === undefined ? '--to' : '--from', found: 'no --tape beside it', expected: '--tape FILE' },
    ]);
  }
  return {
    port: typed['--port'],
    source:
      tape === undefined
        ? { kind: 'walk', seed, startPrice: startPriceOf(typed), ...coin }
        : {
            kind: 'tape',
            path: tape,
            ...coin,
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
          },
    seed,
    accounts: typed['--accounts'] === undefined ? [defaultAccount] : readAccounts(typed['--accounts']),
    ...(speed === undefined ? {} : { pacing: { speed } }),
    ...(options.state === undefined ? {} : { statePath: options.state }),
  };
}

/** Only BTC has a default: what other coins cost is not known here. */
function startPriceOf(typed: { '--coin': string; '--start-price'?: number | undefined }): number {
  const price = typed['--start-price'] ?? (typed['--coin'] === 'BTC' ? 25_000 : null);
  if (price !== null) return price;
  throw new BadInput('The command is not right', [
    { path: '--start-price', found: 'nothing', expected: `the price of ${typed['--coin']} to start at` },
  ]);
}

const defaultAccount = { apiKey: 'paper', apiSecret: 'paper', usdt: '100000' };

const key = z
  .string({ error: 'a text of printable characters' })
  .regex(/^[\x21-\x7e]{1,128}$/, { error: 'a text without spaces' });
const amountExpected = 'an amount above 0, like "0.5"';
const amount = z
  .union([z.number(), z.string()], { error: amountExpected })
  .transform(String)
  .refine((text) => decimalPattern.test(text) && isPositive(text), { error: amountExpected });

const accountsShape = z.strictObject({
  accounts: z.array(
    z.strictObject({
      apiKey: key,
      apiSecret: key,
      usdt: amount.default('100000'),
      usdc: amount.default('0'),
      positions: z
        .array(
          z.strictObject({
            symbol: z
              .string()
              .transform((text) => symbolMeant(text, exchangeRules))
              .refine((text) => exchangeRules.readSymbol(text) !== null, {
                error: `an option symbol like ${exchangeRules.symbolExample}`,
              }),
            side: z.enum(['Buy', 'Sell'], { error: 'Buy or Sell' }),
            qty: amount,
          }),
        )
        .default([]),
    }),
    { error: 'a list of accounts' },
  ),
});

function readAccounts(path: string): PaperExchangeOptions['accounts'] {
  try {
    return parseInput(accountsShape, readYamlFile(path), `The accounts in ${path} are not valid`).accounts;
  } catch (error) {
    if (!(error instanceof UnreadableYaml)) throw error;
    throw new BadInput(`The accounts in ${path} cannot be read`, [
      { path: error.place, found: error.message, expected: 'valid YAML' },
    ]);
  }
}
