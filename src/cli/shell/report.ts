/** How `doctor` and `upgrade` print what they found: a line each, and what to do behind an arrow. */
import { styleText } from 'node:util';
import { wantsColour } from '../../config.ts';
import type { CheckState } from '../../domain/doctor/finding.ts';
import type { DoctorText } from '../../domain/explain/doctor-text.ts';
import { fitted, type Output } from './output.ts';

const words: Readonly<Record<CheckState, string>> = {
  ok: 'ok',
  warning: 'warning',
  wrong: 'WRONG',
  unknown: 'not known',
};
const colours = { ok: 'green', warning: 'yellow', wrong: 'red', unknown: 'gray' } as const;
const stateWidth = 11;

export interface ReportLine {
  readonly check: string;
  readonly finding: {
    readonly state: CheckState;
    readonly subject: string | null;
    readonly code: string;
    readonly figures: object;
  };
}

export function printLine(out: Output, { check, finding }: ReportLine, { found, fix }: DoctorText): void {
  const { state, subject, code, figures } = finding;
  out.record({ check, subject, state, code, figures, found, fix });
  if (out.json) return;
  const word = words[state].padEnd(stateWidth);
  const line = fitted(`${word}${subject === null ? check : `${check} ${subject}`}: ${found}`);
  const shown = wantsColour(process.stdout.isTTY) ? styleText(colours[state], word) : word;
  out.say(`${shown}${line.slice(stateWidth)}`);
  if (fix !== '') out.say(fitted(`${' '.repeat(stateWidth)}→ ${fix}`));
}
