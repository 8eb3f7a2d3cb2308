/** `--inspect [port]`, which opens the inspector on loopback. */
import { Option } from 'commander';
import { BadInput } from '../../domain/errors.ts';
import { inspectorPort } from '../../telemetry/inspector/relay.ts';

export interface InspectOptions {
  /** `true` when it is given without a port: the default port. */
  readonly inspect?: true | string;
}

export const inspectOption = (): Option =>
  new Option(
    '--inspect [port]',
    `let the Stately inspector watch the machines, on this port of 127.0.0.1 (default: ${inspectorPort})`,
  );

/** @param option the option that the port was given by @returns `undefined` when no inspector is wanted @throws BadInput */
export function portOf(inspect: true | string | undefined, option = '--inspect'): number | undefined {
  if (inspect === undefined) return undefined;
  const port = inspect === true ? inspectorPort : Number(inspect);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new BadInput('No such port', [
    { path: option, found: String(inspect), expected: 'a port from 0 (any that is free) to 65535' },
  ]);
}
