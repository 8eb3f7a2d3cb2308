/** What is wrong with a spec, for tests: every issue with its path, the value found and what would be right. */
import { BadInput, type InputIssue } from '../../../../src/domain/errors.ts';
import { readSpec } from '../../../support/options.ts';

export function issuesOf(input: unknown): readonly InputIssue[] {
  try {
    readSpec(input);
  } catch (error) {
    if (error instanceof BadInput) return error.issues;
    throw error;
  }
  return [];
}

export const base = { symbol: 'BTC-31MAR23-26000-C-USDT', trigger: 25500, target: '+1000' };
export const basePut = { symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22500, target: '-1000' };
