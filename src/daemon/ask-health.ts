/** Asks a running daemon over its own API whether it lives, or whether it does its work. */
import { messageOf } from '../domain/errors.ts';

export interface HealthAnswer {
  readonly isWell: boolean;
  /** What it said, or why it could not be asked; without a full stop. */
  readonly said: string;
}

export interface HealthQuestion {
  /** Where the daemon listens. */
  readonly host: string;
  readonly port: number;
  /** Whether it does its work, too. */
  readonly isReadiness: boolean;
  readonly timeoutMs: number;
}

/** Never rejects. */
export async function askHealth({
  host,
  port,
  isReadiness,
  timeoutMs,
}: HealthQuestion): Promise<HealthAnswer> {
  const address = `http://${hostText(host)}:${port}`;
  try {
    const answer = await fetch(`${address}${isReadiness ? '/readyz' : '/healthz'}`, {
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    const body = (await answer.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (answer.ok && (body['isAlive'] === true || body['isReady'] === true))
      return { isWell: true, said: `the daemon at ${address} ${isReadiness ? 'does its work' : 'lives'}` };
    const { detail } = body;
    const words =
      typeof detail === 'string' ? detail : `an answer with status ${answer.status} that is not a daemon's`;
    return { isWell: false, said: `the daemon at ${address}: ${words}` };
  } catch (error) {
    const { cause } = error as { readonly cause?: unknown };
    return { isWell: false, said: `no daemon answers at ${address}: ${messageOf(cause ?? error)}` };
  }
}

/** A daemon that listens everywhere is asked on this machine. */
function hostText(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
