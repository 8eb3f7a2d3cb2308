/** The error for a wrong value that a caller of the store gave; the arguments are the fields of its one issue. */
import { BadInput } from '../domain/errors.ts';

export const wrongValue = (path: string, found: string, expected: string): BadInput =>
  new BadInput(`Wrong ${path}`, [{ path, found, expected }]);
