/**
 * Adds an account: its name, the API key, the secret. Key and secret are deleted from the chat as soon as they arrive, and the
 * secret goes to the use case alone: into no row, no log and no other message.
 */
import { addAccount } from '../../application/add-account.ts';
import { listUsers } from '../../application/list-users.ts';
import { keyFindingText } from '../../domain/explain/key-text.ts';
import { bold, foreign } from '../page.ts';
import { say, type Room } from '../room.ts';
import type { Next, Step, Steps } from './dialogue.ts';

const nameStep: Step = {
  view: () =>
    Promise.resolve({
      parts: [
        bold('Add an account'),
        '\nUse a key that may trade options and may not withdraw, bound to the address of the server if you can.',
        '\n\nWrite a short name for the account, like main.',
      ],
      choices: [],
      isTyped: true,
    }),
  answer: (_room, _data, answer) => {
    const name = answer.kind === 'text' ? answer.text.trim() : '';
    return Promise.resolve(
      /^[\w.-]{1,40}$/.test(name)
        ? { step: 'account.key', data: { name } }
        : { again: 'A name is 1 to 40 letters, digits, dots or dashes.' },
    );
  },
};

const keyStep: Step = {
  isSecret: true,
  view: (_room, { name }) =>
    Promise.resolve({
      parts: [
        bold(`Account ${foreign(String(name), 40)}`),
        '\nSend the API key. Your message is deleted at once.',
      ],
      choices: [],
      isTyped: true,
    }),
  answer: (room, { name }, answer) => {
    const [key = '', secret, ...others] = answer.kind === 'text' ? answer.text.trim().split(/\s+/) : [];
    if (!isKey(key) || others.length > 0)
      return Promise.resolve({ again: 'This is no API key: letters and digits without spaces.' });
    if (secret !== undefined) return added(room, { name: String(name), key }, secret);
    return Promise.resolve({ step: 'account.secret', data: { name, key } });
  },
};

const secretStep: Step = {
  isSecret: true,
  view: (_room, { name }) =>
    Promise.resolve({
      parts: [
        bold(`Account ${foreign(String(name), 40)}`),
        '\nNow send the API secret. Your message is deleted at once; the secret is stored encrypted and shown to nobody.',
      ],
      choices: [],
      isTyped: true,
    }),
  answer: (room, { name, key }, answer) => {
    const secret = answer.kind === 'text' ? answer.text.trim() : '';
    if (!isKey(secret))
      return Promise.resolve({ again: 'This is no API secret: letters and digits without spaces.' });
    return added(room, { name: String(name), key: String(key) }, secret);
  },
};

const isKey = (text: string): boolean => /^[\w-]{4,200}$/.test(text);

async function added(
  room: Room,
  { name, key }: { readonly name: string; readonly key: string },
  secret: string,
): Promise<Next> {
  const { caller, ports, environment } = room;
  const userId = caller.kind === 'user' ? caller.userId : null;
  const user = (await listUsers(caller, ports)).find((each) => each.userId === userId);
  if (!user) {
    await say(room, 'Accounts are added by people with a user of their own. Ask an administrator.');
    return 'over';
  }
  const { findings } = await addAccount(caller, ports, {
    userName: user.name,
    name,
    environment,
    apiKey: key,
    apiSecret: secret,
  });
  await say(
    room,
    [
      `Account ${foreign(name, 40)} was added. A daemon connects it within seconds: /accounts shows how it stands. Then /add a task.`,
      ...findings.map((finding) => {
        const { found, fix } = keyFindingText(finding);
        return `⚠ ${foreign(found, 300)}; ${foreign(fix, 300)}.`;
      }),
    ].join('\n'),
  );
  return 'over';
}

export const addAccountSteps: Steps = {
  'account.name': nameStep,
  'account.key': keyStep,
  'account.secret': secretStep,
};
