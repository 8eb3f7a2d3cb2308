/**
 * The HTTP client of the library, bent to what a money path needs: the time that is signed, an end to each request, and
 * bounds on its answer are chosen anew for every request; the answer's text is kept. What is sent is up to rest.ts.
 */
import type http from 'node:http';
import type https from 'node:https';
import { RestClientV5 } from 'bybit-api';
import type { Credentials } from '../../../ports/exchange.ts';
import { bybitRules } from '../rules.ts';
import { wireLimits } from '../wire-limits.ts';
import { hmacHex } from './signature.ts';

/** What the library reads once for each request, before its call returns. */
export interface Handover {
  readonly signedAtMs: number;
  readonly signal: AbortSignal;
  readonly answerBytesMax: number;
}

/** A body that was read to its end: its JSON (`undefined` if it is none), and its beginning as text. */
export interface Body {
  readonly json: unknown;
  readonly text: string;
}

interface ClientOptions {
  readonly restUrl: string;
  readonly timeoutMs: number;
  readonly credentials: Credentials | null;
  readonly agents: readonly [http.Agent, https.Agent];
  readonly handover: () => Handover;
}

export function createClient(options: ClientOptions): RestClientV5 {
  const { restUrl, timeoutMs, credentials, agents, handover } = options;
  const [httpAgent, httpsAgent] = agents;
  const client = new RestClientV5(
    {
      ...(credentials ? { key: credentials.apiKey, secret: credentials.apiSecret } : {}),
      baseUrl: restUrl,
      recv_window: bybitRules.times.arriveWithinMs,
      // The library's own error objects contain the API secret; the transport's do not.
      parse_exceptions: false,
      customSignMessageFn: (message, secret) => Promise.resolve(hmacHex(secret, message)),
    },
    {
      timeout: timeoutMs,
      httpAgent,
      httpsAgent,
      maxRedirects: 0,
      proxy: false,
      maxBodyLength: wireLimits.requestBytesMax,
      transformResponse: readBody,
    },
  );
  // The library signs with `Date.now() + timeOffset`, read in this order, before its call returns. So this offset results
  // in the chosen time, or in an earlier one if the process is stopped between the two readings.
  Object.defineProperty(client, 'timeOffset', {
    get: () => handover().signedAtMs - Date.now(),
    set: () => undefined,
  });
  // The library has no options for a single request, but copies these for each one before its call returns. The length is
  // counted while the answer arrives, after decompression; beyond the limit the socket is destroyed and nothing is parsed.
  const { globalRequestOptions } = client as unknown as { readonly globalRequestOptions: object };
  Object.defineProperties(globalRequestOptions, {
    signal: { enumerable: true, get: () => handover().signal },
    maxContentLength: { enumerable: true, get: () => handover().answerBytesMax },
  });
  return client;
}

/** How much of a body is kept for messages, in characters. */
export const quotedLengthMax = 16_384;

/** Keeps the beginning of the text as well, so that a message can quote what is not JSON. */
function readBody(text: unknown): { readonly body: Body } {
  const whole = typeof text === 'string' ? text : '';
  const beginning = whole.slice(0, quotedLengthMax);
  try {
    return { body: { json: JSON.parse(whole), text: beginning } };
  } catch {
    return { body: { json: undefined, text: beginning } };
  }
}
