/** Frames that clients send on any stream (docs/exchange.md#streams), parsed once. */
import { z } from 'zod';
import type { Connection } from './connection.ts';

/** Some clients number their requests; the echo is a text either way. */
const requestId = z.union([z.string(), z.number()]).transform(String);

const requestFrame = z.object({
  op: z.string().min(1),
  req_id: requestId.optional(),
  reqId: requestId.pipe(z.string().max(36)).optional(),
  args: z.array(z.unknown()).optional(),
  header: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

export type RequestFrame = z.output<typeof requestFrame>;

/** Null for anything that is no request: broken JSON, a wrong shape. */
export function parseFrame(text: string): RequestFrame | null {
  try {
    const parsed = requestFrame.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export const topicsOf = (frame: RequestFrame): readonly string[] | null => {
  const parsed = z.array(z.string()).min(1).safeParse(frame.args);
  return parsed.success ? parsed.data : null;
};

/** What one stream does with its connections. */
export interface Stream {
  opened(connection: Connection): void;
  /** A promise when the answer takes its time; whatever fails is the guard's. */
  received(connection: Connection, frame: RequestFrame | null): void | Promise<void>;
  closed(connection: Connection): void;
}
