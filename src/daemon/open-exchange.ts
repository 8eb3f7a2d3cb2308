/**
 * Opens the exchange that the configuration names and returns it as ports. Only this file knows which adapter is behind
 * them, at which addresses, and that paper mode may have to start an exchange of its own.
 */
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { BadInput } from '../domain/errors.ts';
import { createBybitExchange } from '../exchange/bybit/adapter.ts';
import { endpoints, type Endpoints } from '../exchange/bybit/rest/endpoints.ts';
import type { PaperExchange } from '../exchange/paper/exchange.ts';
import { standingAccount, startStandingExchange } from '../exchange/paper/standing.ts';
import type { AccountKey, Exchange } from '../ports/exchange.ts';
import type { Inspection } from '../ports/inspection.ts';
import type { ExchangeObserver } from '../ports/observer.ts';
import type { ExchangeStanding } from '../ports/system.ts';
import type { Resources } from './resources.ts';

export interface OpenedExchange extends Exchange {
  /** To be called before the first request for an account: the daemon's own paper exchange opens an account for it. */
  admit(key: AccountKey & { readonly name: string }): void;
  /** How its limits and connections stand now. */
  standing(): ExchangeStanding;
}

export interface OpeningOptions {
  readonly log: Logger;
  /** What is opened is added here, to be closed with the rest. */
  readonly resources: Resources;
  readonly inspection: Inspection | undefined;
  /** Counts requests. */
  readonly observer?: ExchangeObserver | undefined;
  /** Recorded minutes that the daemon's own paper exchange plays instead of a random walk. */
  readonly tapePath: string | undefined;
  /** Called once for each outage, when the exchange's time could not be read for a minute: nothing can be signed. */
  readonly onUnreachable: (problem: string) => void;
}

/** @throws BadInput when a tape is to be played by an exchange that is not the daemon's own */
export async function openExchange(config: Config, options: OpeningOptions): Promise<OpenedExchange> {
  const { log, resources, inspection, observer, tapePath, onUnreachable } = options;
  const fixed = fixedAddresses(config);
  if (fixed && tapePath !== undefined) {
    const found = `${tapePath}, beside the exchange at ${new URL(fixed.restUrl).host}`;
    const expected = "paper mode without BYBIT_REST_URL: only the daemon's own exchange plays a tape";
    throw new BadInput('The command is not right', [{ path: '--tape', found, expected }]);
  }
  const paper = fixed ? null : await openPaperExchange(config, options);
  const addresses = paper ? endpoints.paper({ restUrl: paper.url, wsUrl: paper.wsUrl }) : fixed;
  if (!addresses) throw new Error('there is neither an address nor a paper exchange');
  const exchange = createBybitExchange({
    ...addresses,
    ordersBySocket: config.exchange.orders === 'websocket',
    streamedAgeMaxMs: config.readAheadOptions > 0 ? 1_000 : 0,
    log,
    timeoutMs: config.exchange.timeoutMs,
    inspection,
    observer,
    onUnreachable,
  });
  resources.add('exchange', () => exchange.close());
  const admitted = new Set<string>();
  return {
    market: exchange.market,
    clock: exchange.clock,
    account: (key) => exchange.account(key),
    ownerOf: (key) => exchange.ownerOf(key),
    keyFacts: (key) => exchange.keyFacts(key),
    feeRates: (key) => exchange.feeRates(key),
    standing: () => exchange.standing(),
    close: () => exchange.close(),
    admit: ({ name, apiKey, apiSecret }) => {
      if (!paper) return;
      if (!admitted.has(apiKey)) {
        const price = tapePath === undefined ? {} : { price: Number(paper.player.progress().index) };
        paper.addAccount(standingAccount({ apiKey, apiSecret }, { nowMs: exchange.clock.nowMs(), ...price }));
      }
      admitted.add(apiKey);
      const positions = paper.account(apiKey).positions();
      log.info(
        { account: name, positions: positions.map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`) },
        'paper account is open',
      );
    },
  };
}

/** The addresses that were given, or the mode's own; null when paper mode has to start its own exchange. */
export function fixedAddresses({ mode, exchange }: Config): Endpoints | null {
  const usual = mode === 'paper' ? null : endpoints[mode];
  if (exchange.restUrl === null || exchange.wsUrl === null) return usual;
  const { restUrl, wsUrl } = exchange;
  // Demo trading has no order entry and checks no order, wherever it is reached.
  const given = { restUrl, wsUrl, ...(mode === 'demo' ? { checksOrders: false } : { ordersWsUrl: wsUrl }) };
  return usual ? { ...given, clockRules: usual.clockRules } : given;
}

async function openPaperExchange(
  { database }: Config,
  { log, resources, tapePath }: OpeningOptions,
): Promise<PaperExchange> {
  // The accounts of one tape know nothing of another, nor of the walk: each has its own file.
  const tape = tapePath === undefined ? '' : `-${basename(tapePath)}`;
  const statePath =
    database.kind === 'embedded' ? join(database.dataDir, `paper-exchange${tape}.json`) : undefined;
  const paper = await startStandingExchange({
    statePath,
    tapePath,
    onFailure: (where, error, times) =>
      log.error({ err: error, where, times }, 'the paper exchange could not handle a request'),
  });
  resources.add('paper exchange', () => paper.close());
  log.info({ restUrl: paper.url, tape: tapePath }, 'paper exchange is up: no real money');
  return paper;
}
