/** The process of the paper exchange: opens it with the options in its argument, and carries out its parent's commands. */
import { startPaperExchange, type PaperExchangeOptions } from '../../src/exchange/paper/exchange.ts';
import { obeyParent } from '../support/commanded-process.ts';
import { paperCommands } from './paper-commands.ts';

obeyParent(
  paperCommands(await startPaperExchange(JSON.parse(process.argv[2] ?? '') as PaperExchangeOptions)),
);
