/** The HTTP API: where it listens, and what stands before it when people reach it from elsewhere. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Reader } from './reader.ts';
import { wholeNumber } from './shapes.ts';

export interface ApiChoice {
  readonly host: string;
  readonly port: number;
  /** The operator has named the port: when it is taken, that is an error. Without it a free one is taken. */
  readonly isPortGiven: boolean;
  /** How people reach it through what ends TLS before it, without a trailing slash; `null`: on this machine alone. */
  readonly publicUrl: string | null;
  /** Addresses and ranges of what stands before it: from there the caller's address is taken from X-Forwarded-For. */
  readonly trustedProxies: readonly string[];
  /** How many requests a caller may make in a minute. */
  readonly requestsPerMinute: number;
}

const usualPort = 8_787;
const usualHost = '127.0.0.1';
const usualRequests = 3_000;

const portExpected = 'a port from 1 to 65535, or off';
export const portOrOff = z
  .string()
  .toLowerCase()
  .refine((text) => text === 'off' || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535), portExpected)
  .transform((text) => (text === 'off' ? ('off' as const) : Number(text)));

export const listenAddress = z
  .string()
  .refine(
    (text) => text === 'localhost' || ipaddr.isValid(text),
    'an IP address like 127.0.0.1, or localhost',
  );

const publicAddress = z
  .string()
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, pathname, search, hash, username } = new URL(text);
    return protocol === 'https:' && pathname === '/' && search + hash + username === '';
  }, 'an address like https://rolls.example.com, without a path')
  .transform((text) => new URL(text).origin);

const proxies = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every((part) => ipaddr.isValid(part) || ipaddr.isValidCIDR(part)),
    'IP addresses or ranges like 10.0.0.0/8, with commas between them',
  );

/** @returns `null` when it is switched off */
export function readApi(reader: Reader): ApiChoice | null {
  const given = reader.read('API_PORT', portOrOff);
  const chosenHost = reader.read('API_HOST', listenAddress) ?? usualHost;
  const publicUrl = reader.read('API_PUBLIC_URL', publicAddress) ?? null;
  const trustedProxies = reader.read('API_TRUSTED_PROXIES', proxies) ?? ['127.0.0.1', '::1'];
  const requestsPerMinute =
    reader.read('API_REQUESTS_PER_MINUTE', wholeNumber(60, 10_000_000)) ?? usualRequests;
  if (
    given !== 'off' &&
    publicUrl === null &&
    reader.text('API_PUBLIC_URL') === undefined &&
    !isLoopback(chosenHost)
  )
    reader.wrong(
      'API_HOST',
      JSON.stringify(chosenHost),
      'an address of this machine like 127.0.0.1; or API_PUBLIC_URL=https://… beside it, which says that something ends TLS before it',
    );
  if (given === 'off') return null;
  return {
    host: chosenHost,
    port: given ?? usualPort,
    isPortGiven: given !== undefined,
    publicUrl,
    trustedProxies: publicUrl === null ? [] : trustedProxies,
    requestsPerMinute,
  };
}

const isLoopback = (text: string): boolean =>
  text === 'localhost' || (ipaddr.isValid(text) && ipaddr.process(text).range() === 'loopback');
