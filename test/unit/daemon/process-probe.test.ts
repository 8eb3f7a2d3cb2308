/** How many files a process may have open, as Linux says it. */
import { expect, test } from 'vitest';
import { fileLimitIn } from '../../../src/daemon/doctor/process-probe.ts';

const limits = (soft: string, hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max open files            ${soft.padEnd(21)}${hard.padEnd(21)}files     
`;

test.each([
  ['1024', '524288', 524_288],
  ['1024', 'unlimited', Number.MAX_SAFE_INTEGER],
])('Of %s and %s the hard limit counts, because Node takes it', (soft, hard, expected) => {
  expect(fileLimitIn(limits(soft, hard))).toBe(expected);
});

test('Where nothing is said nothing is known', () => expect(fileLimitIn('')).toBeNull());
