/** Where spans of rolls are sent, by the environment variables that OpenTelemetry has for it. */
import { z } from 'zod';
import { addressHidden, hidden, type Reader } from './reader.ts';

export interface TracesChoice {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @returns `null` without an endpoint: there are no spans. The public rule: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export function readTraces(reader: Reader): TracesChoice | null {
  const endpoint = reader.read('OTEL_EXPORTER_OTLP_ENDPOINT', collector, addressHidden);
  const headers = reader.read('OTEL_EXPORTER_OTLP_HEADERS', headerList, hidden) ?? {};
  return endpoint === undefined ? null : { url: `${endpoint.replace(/\/$/, '')}/v1/traces`, headers };
}

const collector = z
  .string()
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text),
    'an address like http://127.0.0.1:4318, to which /v1/traces is added',
  );

const headerList = z.string().transform((text, check): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const [, name, value] = /^\s*([\w-]+)=(.*?)\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined || !isEscaped(value)) {
      check.addIssue({ code: 'custom', message: 'name=value, more of them after commas, %2C for a comma' });
      return z.NEVER;
    }
    headers[name] = decodeURIComponent(value);
  }
  return headers;
});

const isEscaped = (text: string): boolean => !/%(?![0-9a-f]{2})/i.test(text);
