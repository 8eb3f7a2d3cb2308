/** The one error for a backtest whose task, options or files do not fit together. */
import { BadInput, type InputIssue } from '../domain/errors.ts';

export const cannotBegin = (issue: InputIssue): BadInput =>
  new BadInput('The backtest cannot begin', [issue]);
