/**
 * `npm run corpus`: makes the corpus of the version that is to be released next. A version that was released keeps its
 * file: this refuses to write one that is there, unless it is named as unreleased on the command line.
 */
import { existsSync } from 'node:fs';
import { rollMachine } from '../../machines/roll.machine.ts';
import { orderWalks } from '../machines/order-walk.ts';
import { rollWalks } from '../machines/roll-walk.ts';
import { collect, corpusFile, writeCorpus } from './corpus.ts';

const version = rollMachine.version ?? '';
const isUnreleased = process.argv.includes('--unreleased');

for (const [machine, walks] of [
  ['roll', rollWalks],
  ['order', orderWalks],
] as const) {
  const file = corpusFile(machine, version);
  if (existsSync(file) && !isUnreleased)
    throw new Error(`${file} is there: give the machine a new version, or say --unreleased`);
  const journals = collect(walks);
  writeCorpus(file, journals);
  process.stdout.write(`${file}: ${journals.length} journals, ${journals.flat().length} rows\n`);
}
