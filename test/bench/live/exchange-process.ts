/** The exchange as a process of its own, so that nothing it does shares a thread with who measures or is measured. */
import { startCommanded, type CommandedProcess } from '../../support/commanded-process.ts';
import type { ExchangeCommands } from './exchange-words.ts';

export interface ExchangeProcess extends CommandedProcess<ExchangeCommands> {
  readonly url: string;
  readonly wsUrl: string;
}

export async function startExchangeProcess(): Promise<ExchangeProcess> {
  const exchange = startCommanded<ExchangeCommands>(
    'exchange',
    new URL('./exchange-child.ts', import.meta.url),
  );
  return { ...(await exchange.ask('addresses')), ...exchange };
}
