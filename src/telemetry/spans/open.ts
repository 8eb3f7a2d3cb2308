/** Opens the way of spans to a collector of OpenTelemetry (OTLP over HTTP, JSON). A collector that fails costs spans and nothing else. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { RollIds, RollSpans } from './roll-spans.ts';

/** For one batch, with its repetitions; also how long closing may wait. */
const exportMaxMs = 5_000;

export interface SpansOptions {
  /** Of the collector, with the path. */
  readonly url: string;
  /** What it asks for, which may be secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
  /** The daemon's name. */
  readonly daemon: string;
  readonly log: Logger;
}

export interface OpenedSpans {
  readonly rolls: RollSpans;
  /** Sends what waits, within some seconds. Never rejects. */
  close(): Promise<void>;
}

export function openSpans({ url, headers, version, daemon, log }: SpansOptions): OpenedSpans {
  const ids = new RollIds();
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: exportMaxMs });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'rollkeeper',
      'service.version': version,
      'service.instance.id': daemon,
    }),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new ToldOnce(exporter, log), exportTimeoutMillis: exportMaxMs }),
    ],
  });
  return {
    rolls: new RollSpans(provider.getTracer('rollkeeper', version), ids),
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** As the exporter answers. */
const success = 0;

/** Logs that spans are lost when it begins, and when it is over. */
class ToldOnce implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Logger;
  #isFailing = false;

  constructor(exporter: SpanExporter, log: Logger) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.#exporter.export(spans, (result) => {
      const code: number = result.code;
      const isFailing = code !== success;
      if (isFailing && !this.#isFailing)
        this.#log.warn({ err: result.error }, 'spans could not be sent to the collector and are lost');
      if (!isFailing && this.#isFailing) this.#log.info('spans reach the collector again');
      this.#isFailing = isFailing;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }
}
