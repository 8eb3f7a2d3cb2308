/**
 * What every module of routes gets: the server to register at, and the services that handlers call. A handler reads the request,
 * calls one use case with `request.caller` and returns what that gives; errors are thrown and become problems (problem.ts).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyTypeProvider } from 'fastify';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Caller } from '../application/caller.ts';
import type { DaemonPorts } from '../application/ports.ts';
import type { OpenSession } from '../application/sessions.ts';
import type { Preset } from '../domain/spec/preset.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import type { ApiObserver } from '../ports/observer.ts';
import type { LiveServices } from './live/services.ts';

export interface ApiServices {
  readonly ports: DaemonPorts;
  readonly log: Logger;
  /** What this daemon trades on. */
  readonly environment: ExchangeEnvironment;
  /** Of the program. */
  readonly version: string;
  readonly presets: readonly Preset[];
  readonly waits: Waits;
  /** What is shown while it happens. */
  readonly live: LiveServices;
  readonly web: WebSettings;
  /** Counts answers. Default: nothing does. */
  readonly observer?: ApiObserver | undefined;
}

export interface WebSettings {
  /** How people reach this server through what ends TLS before it; `null`: on this machine alone. */
  readonly publicUrl: string | null;
  /** From these addresses the caller's address is taken from X-Forwarded-For. */
  readonly trustedProxies: readonly string[];
  /** Of one caller. */
  readonly requestsPerMinute: number;
  /** Where the page was built; `null` for none. */
  readonly pageDirectory: string | null;
}

/** How long a request waits for a daemon. */
export interface Waits {
  /** For the answer to a command; one that takes longer is answered with 202. */
  readonly commandMs: number;
  /** For advice, previews and prices. */
  readonly adviceMs: number;
}

export const usualWaits: Waits = { commandMs: 10_000, adviceMs: 5_000 };

/** Requests are read with zod. Answers are what use cases return, so their types are not checked a second time. */
export interface ApiTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: unknown;
}

export type Api = FastifyInstance<Server, IncomingMessage, ServerResponse, Logger, ApiTypes>;

/** A module of routes, one for each subject. */
export type Routes = (api: Api, services: ApiServices) => void;

/**
 * A type of contract.ts by its name, as it is or in a list, with ` | null` behind it where there may be nothing: `TaskPage`,
 * `TaskStanding[]`, `TaskAccount | null`. `events of LiveEvent` for server-sent events, `''` for an answer without a body.
 */
export type AnswerType = string;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; of kind `nobody` only on routes that are open. */
    caller: Caller;
    /** Of the browser that asks; `null` for programs with a token. */
    session: (OpenSession & { readonly secret: string }) | null;
  }

  interface FastifyContextConfig {
    /** Answers everybody. Without it a route is only for callers who are let in. */
    readonly isOpen?: boolean;
  }

  interface FastifySchema {
    /** What a success answers with, by status. */
    readonly answers?: Readonly<Record<number, AnswerType>>;
    /** `If-Match` binds it to a version. */
    readonly takesVersion?: boolean;
  }
}
