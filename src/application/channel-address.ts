/** Reads the address of a channel as a person gives it. What is wrong is said without repeating it: it is often a secret. */
import { randomBytes } from 'node:crypto';
import { BadInput } from '../domain/errors.ts';
import type { ChannelAddress, ChannelAddresses, ChannelKind } from '../ports/channels.ts';

export interface GivenAddress {
  /** A URL, an e-mail address, or the id of a chat. */
  readonly address: string;
  /** The secret that signs (webhook), the token (ntfy), the tag (Apprise), the topic (Telegram); `null` for none. */
  readonly secret: string | null;
}

type Readers = { readonly [Kind in ChannelKind]: (given: GivenAddress) => ChannelAddresses[Kind] };

const readers: Readers = {
  telegram: ({ address, secret }) => ({
    chatId: matching('address', address, chat),
    topicId: secret === null ? null : matching('secret', secret, topic),
  }),
  webhook: ({ address, secret }) => ({
    url: urlOf(address),
    secret: secret === null ? newSecret() : matching('secret', secret, signing),
  }),
  ntfy: ({ address, secret }) => ({
    url: urlOf(address, 'the address of a topic, like https://ntfy.sh/my-topic', hasTopic),
    token: secret === null ? null : matching('secret', secret, token),
  }),
  slack: ({ address, secret }) => ({ url: alone(urlOf(address), secret) }),
  discord: ({ address, secret }) => ({ url: alone(urlOf(address), secret) }),
  apprise: ({ address, secret }) => ({
    url: urlOf(address, 'the address of a stored configuration, like https://host/notify/key', isNotify),
    tag: secret === null ? null : matching('secret', secret, tag),
  }),
  email: ({ address, secret }) => ({ to: alone(matching('address', address, email), secret) }),
};

export const channelKinds = Object.keys(readers) as readonly ChannelKind[];

/** @throws BadInput that says where and what would be right */
export const readAddress = (kind: ChannelKind, given: GivenAddress): ChannelAddress => readers[kind](given);

interface Shape {
  readonly right: RegExp;
  readonly expected: string;
}

const chat: Shape = { right: /^(-?\d{1,20}|@\w{4,64})$/, expected: 'the id of a chat, like 123456789' };
const topic: Shape = { right: /^\d{1,18}$/, expected: 'the number of a topic of the group' };
const signing: Shape = {
  right: /^whsec_[A-Za-z0-9+/]{32,128}={0,2}$/,
  expected: 'whsec_ and 24 to 64 bytes in base64, or nothing, to have one made',
};
const token: Shape = { right: /^[\x21-\x7e]{8,256}$/, expected: 'an access token of the server' };
const tag: Shape = { right: /^[\w ,-]{1,100}$/, expected: 'a tag, of letters and digits' };
const email: Shape = {
  right: /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}$/,
  expected: 'one e-mail address, like ann@example.com',
};

function matching(path: string, text: string, { right, expected }: Shape): string {
  if (right.test(text)) return text;
  throw wrong(path, text, expected);
}

const urlMax = 2_000;
const anyUrl = 'an address like https://host/path';

function urlOf(text: string, expected = anyUrl, isRight: (url: URL) => boolean = () => true): string {
  const url =
    text.length <= urlMax && /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !isRight(url))
    throw wrong('address', text, expected);
  return url.href;
}

const hasTopic = (url: URL): boolean => /\/[A-Za-z0-9_-]{1,64}\/?$/.test(url.pathname);
const isNotify = (url: URL): boolean => /\/notify\/[\w-]{1,128}\/?$/.test(url.pathname);

function alone(address: string, secret: string | null): string {
  if (secret === null) return address;
  throw wrong('secret', secret, 'nothing: this kind of channel has its secret in its address');
}

const wrong = (path: string, text: string, expected: string): BadInput =>
  new BadInput('The address of the channel is not usable', [
    { path, found: text === '' ? 'nothing' : `${text.length} characters (not shown)`, expected },
  ]);

/** As the libraries of receivers take it. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
