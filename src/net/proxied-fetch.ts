/**
 * `fetch` with bounds, and through a proxy if there is one: connections are kept, an answer that is too large or never ends
 * is cut. Which addresses may be asked is the caller's business; this is for addresses that the operator has configured.
 */
import { Agent, fetch as undiciFetch, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici';

export interface ProxiedFetchOptions {
  /** `http://`, `https://` or `socks5://`, with user and password where the proxy wants them; `null` for none. */
  readonly proxyUrl: string | null;
  /** Of one answer. */
  readonly bytesMax: number;
  /** Between two parts of an answer. */
  readonly silenceMaxMs: number;
}

/** What libraries pass: their signal may be of a class of their own. */
interface GivenInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal?: {
    readonly aborted: boolean;
    addEventListener(type: 'abort', listener: () => void): void;
  };
}

export interface ProxiedFetch {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

export function proxiedFetch(options: ProxiedFetchOptions): ProxiedFetch {
  const dispatcher = dispatcherFor(options);
  const call = async (url: string, { method, headers, body, signal }: GivenInit = {}): Promise<unknown> => {
    const controller = new AbortController();
    signal?.addEventListener('abort', () => controller.abort());
    if (signal?.aborted === true) controller.abort();
    return undiciFetch(url, {
      dispatcher,
      signal: controller.signal,
      redirect: 'error',
      ...(method !== undefined && { method }),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
  };
  return { fetch: call as unknown as typeof fetch, close: () => dispatcher.destroy() };
}

function dispatcherFor({ proxyUrl, bytesMax, silenceMaxMs }: ProxiedFetchOptions): Dispatcher {
  const bounds = { maxResponseSize: bytesMax, headersTimeout: silenceMaxMs, bodyTimeout: silenceMaxMs };
  if (proxyUrl === null) return new Agent({ ...bounds, connect: { timeout: 10_000 } });
  if (/^socks/i.test(proxyUrl)) return new Socks5ProxyAgent(proxyUrl, bounds);
  return new ProxyAgent({ uri: proxyUrl, ...bounds });
}
