/** Where no exchange is to be asked about keys. */
import type { KeyCheck } from '../../src/ports/key-check.ts';

export const noKeyCheck: KeyCheck = {
  ofKey: () => Promise.resolve(null),
  ofAccount: () => Promise.resolve(null),
};
