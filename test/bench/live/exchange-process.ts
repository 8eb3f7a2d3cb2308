/** The exchange as a process of its own, so that nothing it does shares a thread with who measures or is measured. */
import { startCommanded, type CommandedProcess } from '../../support/commanded-process.ts';
import type { ExchangeCommands } from './exchange-words.ts';

export interface ExchangeProcess extends CommandedProcess<ExchangeCommands> {
  readonly url: string;
  readonly wsUrl: string;
}

/** @param awayMs as of `addresses` */
export async function startExchangeProcess(awayMs: number): Promise<ExchangeProcess> {
  const exchange = startCommanded<ExchangeCommands>(
    'exchange',
    new URL('./exchange-child.ts', import.meta.url),
  );
  const { url, wsUrl } = await exchange.ask('addresses', awayMs);
  return { url, wsUrl, ...exchange };
}
