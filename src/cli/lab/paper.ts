/**
 * `rollkeeper paper`: the paper exchange in a process of its own, for a daemon elsewhere or for any Bybit client. What it does
 * is in `exchange/paper`; this command starts it and keeps running until a stop signal.
 */
import { once } from 'node:events';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { BadInput } from '../../domain/errors.ts';
import type { PaperExchange } from '../../exchange/paper/exchange.ts';
import { stopSignals } from '../../stop-signals.ts';
import { paperSettings, type PaperOptions } from './paper-settings.ts';
import { openSession, type CommonOptions, type Session } from '../shell/session.ts';

export const paperCommand = (): Command =>
  new Command('paper')
    .description('Run the paper exchange alone: Bybit V5 over HTTP and WebSocket, on this machine only')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes any free one', '8787')
    .option('--tape <file>', 'play recorded minutes (CSV, may be gzipped) instead of a random walk')
    .option('--from <moment>', 'where the tape starts, like 2023-03-09T00:00Z')
    .option('--to <moment>', 'where the tape ends')
    .option('--speed <speed>', 'fast, or a multiple of real time (default: fast for a tape, 1 for a walk)')
    .option('--coin <coin>', 'the coin that the prices are of: BTC, SOL, DOGE …', 'BTC')
    .option('--seed <number>', 'seed of the random walk', '1')
    .option('--start-price <price>', 'where the random walk starts (default: 25000 for BTC)')
    .option('--accounts <file>', 'YAML with the accounts (default: one with key "paper", secret "paper")')
    .option('--state <file>', 'keep the accounts in this file across restarts')
    .addHelpText('after', help)
    .action(async (options: CommonOptions & PaperOptions) => {
      const settings = paperSettings(options);
      const session = openSession(options, { encryptionKey: false });
      const exchange = await listen(settings, session.log);
      announce(
        session,
        exchange,
        settings.accounts.map((account) => account.apiKey),
      );
      let open = true;
      void exchange.player.done.then(() => {
        if (!open) return;
        session.out.record({ event: 'ended' });
        session.out.say('The tape has ended; the exchange stays open.');
      });
      await Promise.race(stopSignals.map((signal) => once(process, signal)));
      open = false;
      await exchange.close();
    });

async function listen(settings: ReturnType<typeof paperSettings>, log: Logger): Promise<PaperExchange> {
  const { startPaperExchange } = await import('../../exchange/paper/exchange.ts');
  try {
    return await startPaperExchange({
      ...settings,
      onFailure: (where, error, times) =>
        log.error({ err: error, where, times }, 'the paper exchange could not handle what arrived'),
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const found = `${String(settings.port)}, which another process uses`;
    throw new BadInput('The port is taken', [
      { path: '--port', found, expected: 'a free port, or 0 for any' },
    ]);
  }
}

function announce({ out }: Session, { url, wsUrl }: PaperExchange, apiKeys: readonly string[]): void {
  out.record({ event: 'listening', url, wsUrl, apiKeys });
  out.say(`The paper exchange listens on ${url} (accounts: ${apiKeys.join(', ')}). Ctrl-C ends it.`);
  out.next(`BYBIT_REST_URL=${url} BYBIT_WS_URL=${wsUrl} rollkeeper start`);
}

const help = `
accounts.yaml:
  accounts:
    - apiKey: paper
      apiSecret: paper
      usdt: 100000
      positions:
        - { symbol: BTC-31MAR23-26000-C-USDT, side: Sell, qty: "0.5" }

Examples:
  rollkeeper paper                                  a random walk in real time
  rollkeeper paper --tape march.csv.gz --accounts accounts.yaml
  rollkeeper paper --port 0 --json                  {"event":"listening","url":…,"wsUrl":…,"apiKeys":…}
  rollkeeper paper --coin DOGE --start-price 0.21   strikes, tick and lot made from the price
  echo paper | rollkeeper account add main --user ann --api-key paper --api-secret-file -

Exit codes: 0 ended by a signal · 1 failed · 2 wrong option, port taken`;
