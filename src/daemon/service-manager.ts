/**
 * Tells systemd how the daemon stands: that it is ready, that it stops, and, while its event loop lives, that it lives. Node cannot send
 * datagrams to a unix socket, so each notice is a run of `systemd-notify`, which may be missing: nothing depends on it.
 */
import { execFile } from 'node:child_process';
import type { Logger } from 'pino';

/** As systemd asks for it. */
export interface ServiceManagement {
  /** Without a sign of life for so long the service is killed and started again; `null` when that is not asked for. */
  readonly watchdogMs: number | null;
}

export interface ServiceManager {
  /** The daemon does its work; from now on there are signs of life. */
  ready(): void;
  /** No new roll begins. Signs of life go on until the end. */
  stopping(): void;
  close(): void;
}

/** Half of what is waited for, as systemd recommends. */
const beatsPerSpan = 2;
const noticeMaxMs = 5_000;

/** @param management `null` when nothing asks for notices */
export function openServiceManager(
  management: ServiceManagement | null,
  log: Pick<Logger, 'debug' | 'warn'>,
): ServiceManager {
  if (management === null) return { ready: () => {}, stopping: () => {}, close: () => {} };
  let beating: NodeJS.Timeout | undefined;
  let hasFailed = false;
  const notify = (...words: readonly string[]): void => {
    execFile('systemd-notify', words, { timeout: noticeMaxMs }, (error) => {
      if (error === null || hasFailed) return;
      hasFailed = true;
      log.warn({ reason: error.message }, 'systemd cannot be notified: is systemd-notify installed?');
    });
  };
  const { watchdogMs } = management;
  return {
    ready: () => {
      if (beating !== undefined) return;
      notify('READY=1');
      if (watchdogMs === null) return;
      beating = setInterval(() => notify('WATCHDOG=1'), watchdogMs / beatsPerSpan);
      beating.unref();
    },
    stopping: () => notify('STOPPING=1'),
    close: () => clearInterval(beating),
  };
}
