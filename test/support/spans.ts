/** Spans as a collector of OpenTelemetry receives them (OTLP over HTTP, JSON). */
import { z } from 'zod';
import type { Receiver } from './receiver.ts';

const value = z.object({ stringValue: z.string().optional(), intValue: z.number().optional() });
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .transform((list) =>
    Object.fromEntries(list.map(({ key, value: v }) => [key, v.stringValue ?? v.intValue])),
  );
const nanoseconds = z.string().transform((text) => Number(BigInt(text) / 1_000_000n));
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  events: z.array(z.object({ name: z.string(), timeUnixNano: nanoseconds, attributes })),
});
const bodySchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

export type ReceivedSpan = z.infer<typeof spanSchema> & {
  readonly resource: Readonly<Record<string, unknown>>;
};

/** Times are ms since epoch. */
export const spansAt = ({ received }: Receiver): ReceivedSpan[] =>
  received.flatMap(({ body }) =>
    bodySchema
      .parse(JSON.parse(body))
      .resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource: resource.attributes }))),
      ),
  );
