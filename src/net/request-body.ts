/** Reads a request's body as text, up to a bound; a longer body is refused and never parsed. */
import type { IncomingMessage } from 'node:http';

/**
 * Null when the body is longer than `maxBytes`, or its header announces that: the caller answers 413 and closes the
 * connection. Also null when the client disconnects before the end; then the answer is not read.
 */
export async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      resolve(null);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
