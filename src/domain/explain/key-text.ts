/** What is found of an API key, as a person reads it: what it is, and how to make it right. */
import type { AskedFact, KeyFinding, KeyFindingFigures } from '../orders/key-facts.ts';
import type { KeyAlertFigures } from '../orders/key-standing.ts';
import type { Sentences } from '../reason.ts';
import { durationText } from './duration-text.ts';

const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `12 s behind the exchange's`. */
const clockText = (aheadMs: number): string =>
  `${durationText(Math.abs(aheadMs))} ${aheadMs > 0 ? 'behind' : 'ahead of'} the exchange's`;

const factNames: Readonly<Record<AskedFact, string>> = {
  isReadOnly: 'whether the key is read-only',
  mayTradeOptions: 'whether it may trade options',
  mayWithdraw: 'whether it may withdraw',
  marginMode: 'the margin mode',
};

const found: Sentences<KeyFindingFigures> = {
  keyMayWithdraw: () => 'a key that may withdraw money',
  keyReadOnly: () => 'a key that may only read',
  keyWithoutOptions: () => 'a key that may not trade options',
  accountNotUnified: () => 'an account that is no unified trading account',
  marginIsolated: () => 'an account with isolated margin, in which options are not traded',
  timeRefused: ({ said, aheadMs }) =>
    `a request whose time was refused (${said})` +
    (aheadMs === null ? '' : `; the clock of this computer is ${clockText(aheadMs)}`),
  keyExpired: ({ expiresAtMs }) => `a key that ended on ${dayText(expiresAtMs)}`,
  clockOff: ({ aheadMs }) => `the clock of this computer is ${clockText(aheadMs)}`,
  keyUnbound: ({ expiresAtMs }) =>
    `the key is bound to no address${expiresAtMs === null ? '' : `, and ends on ${dayText(expiresAtMs)}`}`,
  keyExpires: ({ expiresAtMs }) => `the key ends on ${dayText(expiresAtMs)}`,
  notAsked: ({ said }) => `the exchange could not be asked about the key (${said})`,
  notSaid: ({ what }) => `the exchange does not say ${what.map((name) => factNames[name]).join(', ')}`,
};

const fixes: Sentences<KeyFindingFigures> = {
  keyMayWithdraw: () =>
    'one without that right: edit the key at the exchange and take the right to withdraw away. Whoever got hold of it could take all money out',
  keyReadOnly: () => 'one that may read and write: edit the key at the exchange, or make a new one',
  keyWithoutOptions: () =>
    'one with the right to trade options: edit the key at the exchange and give it the trading of options under unified trading',
  accountNotUnified: () => 'a unified trading account: upgrade it at the exchange, then try again',
  marginIsolated: () =>
    'cross or portfolio margin: change the margin mode in the settings of the account at the exchange',
  timeRefused: () =>
    'a clock that is right and an answer within seconds: switch on the time synchronisation of this computer (NTP) and look for a slow connection',
  keyExpired: () => 'a key that has not ended: make a new one at the exchange',
  clockOff: () =>
    "switch on its time synchronisation (NTP); requests are signed with the exchange's time, but the log and events of a calendar are not",
  keyUnbound: () =>
    'bind it to the address of this machine at the exchange: then it works from nowhere else, and does not end after 90 days',
  keyExpires: () =>
    'make a new one in time at the exchange, bound to the address of this machine so that it does not end',
  notAsked: () => 'a daemon asks again when it manages the account',
  notSaid: () => 'look at the settings of the key at the exchange',
};

const say = (sentences: Sentences<KeyFindingFigures>, { code, figures }: KeyFinding): string =>
  (sentences[code] as (figures: unknown) => string)(figures);

export interface KeyFindingText {
  /** A phrase, without a full stop. */
  readonly found: string;
  /** What would be right, or what to do. */
  readonly fix: string;
}

export const keyFindingText = (finding: KeyFinding): KeyFindingText => ({
  found: say(found, finding),
  fix: say(fixes, finding),
});

/** One word or two, for tables and lists. */
export const shortFindings: Readonly<Record<KeyFinding['code'], string>> = {
  keyMayWithdraw: 'may withdraw',
  keyReadOnly: 'read-only',
  keyWithoutOptions: 'no options',
  accountNotUnified: 'not unified',
  marginIsolated: 'isolated margin',
  timeRefused: 'clock refused',
  keyExpired: 'expired',
  clockOff: 'clock off',
  keyUnbound: 'not bound to an address',
  keyExpires: 'expires soon',
  notAsked: 'not checked',
  notSaid: 'not fully checked',
};

const daysText = (days: number): string => (days === 1 ? 'a day' : `${days} days`);

export const keySentences: Sentences<KeyAlertFigures> = {
  keyUnfit: ({ name, finding }) => {
    const { found: what, fix } = keyFindingText(finding);
    return `Account ${name} has ${what}. It should have ${fix}.`;
  },
  keyFit: ({ name, finding }) => `Account ${name} no longer has ${keyFindingText(finding).found}.`,
  keyEnds: ({ name, expiresAtMs, days }) =>
    `The API key of account ${name} ends within ${daysText(days)}, on ${dayText(expiresAtMs)}: then none of its tasks can ` +
    'trade. Make a new one at the exchange, bound to the address of this machine so that it does not end.',
};
