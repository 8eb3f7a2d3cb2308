/**
 * The one place that prints errors and chooses the exit code: 2 for something that the person typed or configured, 1 for
 * anything else that went wrong. A person's mistake never shows a stack; causes are shown with `--verbose`.
 */
import { CommanderError } from 'commander';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { NotAllowed } from '../../domain/request-errors.ts';
import { visibleJson, visibleText } from '../../domain/foreign-text.ts';
import { maskAddress } from '../../telemetry/logger.ts';

export interface FailureOptions {
  readonly json: boolean;
  /** Show the causes too. */
  readonly verbose: boolean;
}

/** @returns the exit code. */
export function reportFailure(error: unknown, { json, verbose }: FailureOptions): number {
  if (error instanceof CommanderError) return reportUsage(error, json);
  const isUserMistake = error instanceof BadInput || error instanceof NotAllowed;
  const lines = [`rollkeeper: ${textOf(error)}`];
  if (verbose) lines.push(...causesOf(error).map((cause) => `  caused by: ${textOf(cause)}`));
  if (verbose && !isUserMistake && error instanceof Error && error.stack !== undefined)
    lines.push(error.stack);
  if (!verbose && !isUserMistake) lines.push('  (--verbose shows the causes)');
  process.stderr.write(`${visibleText(maskAddress(lines.join('\n')))}\n`);
  if (json) {
    const kind = error instanceof Error ? error.name : 'Error';
    const issues = error instanceof BadInput ? { issues: error.issues } : {};
    printJson({ error: { kind, message: maskAddress(textOf(error)), ...issues } });
  }
  return isUserMistake ? 2 : 1;
}

/** Commander has already printed its message, or the help that was asked for. */
function reportUsage(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return 0;
  if (json) printJson({ error: { kind: 'Usage', message: error.message.replace(/^error: /, '') } });
  return 2;
}

const printJson = (record: object): void =>
  void process.stdout.write(`${visibleJson(JSON.stringify(record))}\n`);

/** Node wraps refused connections into an `AggregateError` with an empty message. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return [...new Set(error.errors.map((one) => messageOf(one)))].join('; ');
  }
  const text = messageOf(error);
  return text === '' && error instanceof Error ? error.name : text;
}

const depthMax = 10;
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  let at = error;
  while (at instanceof Error && at.cause !== undefined && causes.length < depthMax) {
    causes.push(at.cause);
    at = at.cause;
  }
  return causes;
}
