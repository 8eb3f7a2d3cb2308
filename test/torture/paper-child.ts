/** The process of the paper exchange: opens it with the options in its argument, obeys its parent, and ends with it. */
import { startPaperExchange, type PaperExchangeOptions } from '../../src/exchange/paper/exchange.ts';
import { paperCommands, type PaperAnswer, type PaperRequest } from './paper-commands.ts';

const paper = await startPaperExchange(JSON.parse(process.argv[2] ?? '') as PaperExchangeOptions);
const commands = paperCommands(paper);

const obey = ({ id, name, values }: PaperRequest): PaperAnswer => {
  const command = commands[name] as (...values: readonly unknown[]) => unknown;
  try {
    return { id, value: command(...values) };
  } catch (error) {
    return { id, problem: String(error) };
  }
};
process.on('message', (request: PaperRequest) => process.send?.(obey(request)));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
process.on('SIGINT', () => undefined);
