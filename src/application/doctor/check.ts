/** One check of `doctor`: what it works with, and how it is kept from taking too long or from failing the others. */
import { messageOf } from '../../domain/errors.ts';
import { found, type CheckLine, type CheckName, type Finding } from '../../domain/doctor/finding.ts';
import type { Probes } from '../../ports/probes.ts';
import type { Ports } from '../ports.ts';

/** What is stored, as far as checks ask for it. */
export type StoredPorts = Pick<
  Ports,
  'directory' | 'halts' | 'keyCheck' | 'keys' | 'channels' | 'trial' | 'system' | 'relay'
>;

export interface CheckTools {
  readonly probes: Probes;
  /** `null` when the database cannot be used as it is; the checks of the database say why. Asked once. */
  readonly stored: () => Promise<StoredPorts | null>;
  /** Whether every command and start applies missing migrations by itself. */
  readonly isMigratedByItself: boolean;
  /** Whether a test is to be sent by each channel. */
  readonly sendsTests: boolean;
}

export interface Check {
  readonly name: CheckName;
  readonly limitMs: number;
  /** What is wrong first; none where there is nothing to check. */
  readonly run: (tools: CheckTools) => Promise<readonly Finding[]>;
}

export const needs = (
  what: 'configuration' | 'database' | 'exchange',
  subject: string | null = null,
): Finding => found('unknown', { code: 'needs', figures: { what } }, subject);

/** Never rejects, and never takes longer than its limit. */
export async function linesOf(
  { name, limitMs, run }: Check,
  tools: CheckTools,
): Promise<readonly CheckLine[]> {
  const findings = await withinLimit(() => run(tools), { limitMs, subject: null });
  return findings.map((finding) => ({ check: name, finding }));
}

export interface Bounds {
  readonly limitMs: number;
  readonly subject: string | null;
}

/** Part of a check, with a limit of its own: what fails or takes too long is a finding. */
export async function withinLimit(
  work: () => Promise<readonly Finding[]>,
  { limitMs, subject }: Bounds,
): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const finding = found('wrong', { code: 'tookTooLong', figures: { limitMs } }, subject);
    timer = setTimeout(() => resolve([finding]), limitMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    return [found('wrong', { code: 'checkFailed', figures: { said: messageOf(error) } }, subject)];
  } finally {
    clearTimeout(timer);
  }
}

/** The work for each, some at a time; results in the order of what was given. */
export async function forEachOf<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += atOnce)
    results.push(...(await Promise.all(all.slice(at, at + atOnce).map(work))));
  return results;
}
