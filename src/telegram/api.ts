/**
 * The Bot API as the bot calls it. It owns what a failed call becomes: errors are made anew, because the library's hold the
 * address with the bot's token, and what was sent. The token leaves this file in requests only.
 */
import { Api, GrammyError, type RawApi } from 'grammy';
import { plainText } from '../domain/foreign-text.ts';

/** Telegram answered, and will not do it. */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';
  /** As HTTP's: 400, 401, 403, 409, 429 … */
  readonly status: number;
  readonly retryAfterMs: number | null;
  constructor(status: number, said: string, { retryAfterMs = null as number | null } = {}) {
    super(said);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer that can be understood: it may have been done, or not. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
}

type Method = keyof RawApi;
export type Payload<M extends Method> = Parameters<RawApi[M]>[0];
export type Answer<M extends Method> = Awaited<ReturnType<RawApi[M]>>;

export interface TelegramApiOptions {
  readonly token: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
  /** Of a call that waits for nothing. */
  readonly timeoutMs: number;
}

export class TelegramApi {
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #api: Api;

  constructor({ token, apiUrl, fetch, timeoutMs }: TelegramApiOptions) {
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#api = new Api(token, { apiRoot: apiUrl, fetch: fetch as never, timeoutSeconds: 120 });
  }

  /** The bot's own id, which the token begins with. */
  get botId(): string {
    return this.#token.split(':', 1)[0] ?? '';
  }

  /**
   * @param within ends the call @throws ApiRefused when Telegram says no; ApiUnreachable when nothing is known
   */
  async call<M extends Method>(method: M, payload: Payload<M>, within?: CallBounds): Promise<Answer<M>> {
    const { timeoutMs = this.#timeoutMs, signal } = within ?? {};
    const bound = AbortSignal.timeout(timeoutMs);
    const ended = signal ? AbortSignal.any([signal, bound]) : bound;
    try {
      const raw = this.#api.raw[method] as (payload: unknown, signal: unknown) => Promise<Answer<M>>;
      return await raw(payload, ended);
    } catch (error) {
      throw this.#translated(error, method, { timedOut: bound.aborted ? timeoutMs : null });
    }
  }

  #translated(
    error: unknown,
    method: string,
    { timedOut }: { readonly timedOut: number | null },
  ): ApiRefused | ApiUnreachable {
    if (error instanceof GrammyError) {
      const { error_code: status, description, parameters } = error;
      const said = `Telegram refused ${method}: ${this.#hide(description)} (${status})`;
      const seconds = parameters.retry_after;
      // The server's own failures say nothing of the request.
      if (status >= 500) return new ApiUnreachable(said);
      return new ApiRefused(status, said, { retryAfterMs: seconds === undefined ? null : seconds * 1_000 });
    }
    const why = timedOut === null ? this.#hide(causeOf(error)) : `no answer within ${timedOut} ms`;
    return new ApiUnreachable(`Telegram could not be asked (${method}): ${why}`);
  }

  #hide(text: string): string {
    return plainText(text.replaceAll(this.#token, '(token)'), 200).replaceAll(/bot\d+:[\w-]+/g, 'bot(token)');
  }
}

export interface CallBounds {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Codes and names only: messages of the layers below hold addresses. */
function causeOf(error: unknown): string {
  const words: string[] = [];
  for (let each = error, depth = 0; each instanceof Error && depth < 5; depth += 1) {
    const { code, name } = each as Error & { code?: unknown };
    words.push(typeof code === 'string' ? code : name);
    const { error: inner, cause } = each as Error & { error?: unknown };
    each = inner ?? cause;
  }
  return words.at(-1) ?? 'an error without a name';
}
