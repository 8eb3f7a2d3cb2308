/** What a test draws at random: a fresh seed each run, printed, and the one that is given to repeat a run. */
import { randomInt } from 'node:crypto';

const given = process.env['ROLLKEEPER_TEST_SEED'];

/** One for the whole process, so that one number repeats everything a file draws. */
export const seed = given === undefined ? randomInt(2 ** 31) : Number(given);

/** How a run with this seed is repeated. */
export const repeatText = `again with ROLLKEEPER_TEST_SEED=${seed}`;
