/** How a leg of a task is called. */
import { z } from 'zod';

/** Words that mean legs in a rule, and so are no names. */
const reserved = ['tested', 'untested', 'all', 'structure'];
const nameExpected = `a name of 1 to 40 characters, like call, and not one of ${reserved.join(', ')}`;
export const legName = z
  .string({ error: nameExpected })
  .trim()
  .min(1, { error: nameExpected })
  .max(40, { error: nameExpected })
  .refine((name) => !reserved.includes(name), { error: nameExpected });
