/** Reads what a person sets of a channel: how loud, when silent, in which order. */
import { BadInput } from '../domain/errors.ts';
import type { ChannelSettings, Noise, Override } from '../ports/channel-book.ts';

/** As it is typed; what is left out stays as it is. */
export interface GivenSettings {
  readonly noise?: string | undefined;
  /** `CODE=on`, `CODE=silent`, `CODE=off`; `CODE=` takes it away. */
  readonly overrides?: readonly string[] | undefined;
  readonly isBackup?: boolean | undefined;
  readonly isEnabled?: boolean | undefined;
  /** `22:00-07:00`, or `none`. */
  readonly quiet?: string | undefined;
  /** `08:00`, or `none`. */
  readonly digest?: string | undefined;
  /** From 1 to 1000. */
  readonly rank?: string | undefined;
}

const noises: readonly Noise[] = ['critical', 'warning', 'info'];
const overrideWords: readonly Override[] = ['on', 'silent', 'off'];
const overridesMax = 100;
const clock = String.raw`([01]\d|2[0-3]):[0-5]\d`;

/** @param known overrides that are there already @throws BadInput */
export function readSettings(
  given: GivenSettings,
  known: ChannelSettings['overrides'] = {},
): Partial<ChannelSettings> {
  const { noise, overrides, isBackup, isEnabled, quiet, digest, rank } = given;
  return {
    ...(noise === undefined ? {} : { noise: oneOf('noise', noise, noises) }),
    ...(overrides === undefined ? {} : { overrides: withOverrides(known, overrides) }),
    ...(isBackup === undefined ? {} : { isBackup }),
    ...(isEnabled === undefined ? {} : { isEnabled }),
    ...(quiet === undefined ? {} : { quietHours: quietHoursOf(quiet) }),
    ...(digest === undefined ? {} : { digestAt: digestOf(digest) }),
    ...(rank === undefined ? {} : { rank: rankOf(rank) }),
  };
}

function withOverrides(
  known: ChannelSettings['overrides'],
  given: readonly string[],
): ChannelSettings['overrides'] {
  const result = new Map(Object.entries(known));
  for (const text of given) {
    const [, code, word = ''] = /^([a-zA-Z][a-zA-Z0-9]{0,63})=(\w*)$/.exec(text) ?? [];
    if (code === undefined)
      throw wrong('kind', text, 'a kind of alert and what becomes of it, like rolled=silent');
    if (word === '') result.delete(code);
    else result.set(code, oneOf('kind', word, overrideWords));
  }
  if (result.size > overridesMax) throw wrong('kind', `${result.size} kinds`, `at most ${overridesMax}`);
  return Object.fromEntries(result);
}

function quietHoursOf(text: string): ChannelSettings['quietHours'] {
  if (text === 'none') return null;
  const [, from, , until] = new RegExp(`^(${clock})-(${clock})$`).exec(text) ?? [];
  if (from === undefined || until === undefined || from === until)
    throw wrong('quiet', text, 'two local times, like 22:00-07:00, or none');
  return { from, until };
}

function digestOf(text: string): string | null {
  if (text === 'none') return null;
  if (!new RegExp(`^${clock}$`).test(text)) throw wrong('digest', text, 'a local time, like 08:00, or none');
  return text;
}

function rankOf(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 1_000)
    throw wrong('rank', text, 'a whole number from 1 (first) to 1000');
  return Number(text);
}

function oneOf<Word extends string>(path: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw wrong(path, text, `one of ${words.join(', ')}`);
}

const wrong = (path: string, text: string, expected: string): BadInput =>
  new BadInput('The channel cannot be set so', [
    { path, found: JSON.stringify(text.slice(0, 100)), expected },
  ]);
