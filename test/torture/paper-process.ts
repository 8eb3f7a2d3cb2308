/** The paper exchange as a process of its own, so that it shares no thread with the torture. */
import type { PaperExchangeOptions } from '../../src/exchange/paper/exchange.ts';
import { startCommanded, type CommandedProcess } from '../support/commanded-process.ts';
import type { PaperCommands } from './paper-commands.ts';

export interface PaperProcess extends CommandedProcess<PaperCommands> {
  readonly url: string;
  readonly wsUrl: string;
}

export async function startPaperProcess(options: PaperExchangeOptions): Promise<PaperProcess> {
  const child = new URL('./paper-child.ts', import.meta.url);
  const paper = startCommanded<PaperCommands>('paper exchange', child, [JSON.stringify(options)]);
  return { ...(await paper.ask('addresses')), ...paper };
}
