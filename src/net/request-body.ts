/** A request's body as text, up to a bound: what is longer is refused unread, and is never parsed. */
import type { IncomingMessage } from 'node:http';

/**
 * `null` when it is longer than `maxBytes`, or is said to be: the caller answers 413 and closes the connection. Also
 * when the client went away in the middle of it: then nobody reads the answer.
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
