/** The page of the demo from outside: how a browser gets in, whether one has, and whether a task waits for an answer. */
import { operator } from '../../application/caller.ts';
import { listTasks } from '../../application/list-tasks.ts';
import type { Ports } from '../../application/ports.ts';
import { readAudit } from '../../application/read-audit.ts';
import { makeSignInLink } from '../../application/sessions.ts';

export interface Visits {
  /** A new link, which signs one browser in, once, within five minutes. @throws Error when no daemon serves the page */
  link(): Promise<string>;
  /** Whether a browser has ever signed in. */
  hasBegun(): Promise<boolean>;
  /** Whether a question stands, also one of a task that was added on the page. */
  isAsked(): Promise<boolean>;
}

const askingState = 'IDLE.awaitingApproval';

export function visitsTo(store: Ports): Visits {
  let hasBegun = false;
  return {
    link: async () => {
      const { code, addresses } = await makeSignInLink(operator, store);
      const [address] = addresses;
      if (address === undefined) throw new Error('the daemon serves no page');
      return `${address}/sign-in#${code}`;
    },
    hasBegun: async () => {
      hasBegun ||= (await readAudit(operator, store)).some(({ act }) => act === 'session.begin');
      return hasBegun;
    },
    isAsked: async () => (await listTasks(operator, store)).some(({ state }) => state === askingState),
  };
}
