/** Frames that clients send on any stream (docs/exchange.md#streams), parsed once. */
import { z } from 'zod';
import type { Connection } from './connection.ts';

/** Some clients number their requests; the answer has the id as text in any case. */
const requestId = z.union([z.string(), z.number()]).transform(String);

const requestFrame = z.object({
  op: z.string().min(1),
  req_id: requestId.optional(),
  reqId: requestId.pipe(z.string().max(36)).optional(),
  args: z.array(z.unknown()).optional(),
  header: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

export type RequestFrame = z.output<typeof requestFrame>;

/** Null for broken JSON and for wrong shapes. */
export function parseFrame(text: string): RequestFrame | null {
  try {
    const parsed = requestFrame.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The topics that a frame names; null when it names none or something else. */
export const topicsOf = (frame: RequestFrame): readonly string[] | null => {
  const parsed = z.array(z.string()).min(1).safeParse(frame.args);
  return parsed.success ? parsed.data : null;
};

/** What one stream does with its connections. */
export interface Stream {
  opened(connection: Connection): void;
  /** A promise when the answer comes later; the guard handles what fails in it. */
  received(connection: Connection, frame: RequestFrame | null): void | Promise<void>;
  closed(connection: Connection): void;
}
