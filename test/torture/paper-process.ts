/** The paper exchange as a process of its own, so that nothing it does shares a thread with whoever tortures. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PaperExchangeOptions } from '../../src/exchange/paper/exchange.ts';
import type { PaperAnswer, PaperCommandName, PaperCommands, PaperRequest } from './paper-commands.ts';

const childPath = fileURLToPath(new URL('./paper-child.ts', import.meta.url));

export interface PaperProcess {
  readonly url: string;
  readonly wsUrl: string;
  /** Runs one command over there. @throws Error with what the exchange said, or when its process is gone */
  ask<Name extends PaperCommandName>(
    name: Name,
    ...values: Parameters<PaperCommands[Name]>
  ): Promise<ReturnType<PaperCommands[Name]>>;
  close(): Promise<void>;
}

export async function startPaperProcess(options: PaperExchangeOptions): Promise<PaperProcess> {
  const child = fork(childPath, [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  const gone = once(child, 'exit');
  const waiting = new Map<number, (answer: PaperAnswer) => void>();
  child.on('message', (answer: PaperAnswer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.once('exit', (code) => {
    for (const [id, resolve] of waiting)
      resolve({ id, problem: `the paper exchange ended with ${String(code)}` });
    waiting.clear();
  });
  let sent = 0;
  const ask: PaperProcess['ask'] = async (name, ...values) => {
    const request: PaperRequest = { id: (sent += 1), name, values };
    const answer = await new Promise<PaperAnswer>((resolve) => {
      waiting.set(request.id, resolve);
      child.send(request, (error) => {
        if (error) resolve({ id: request.id, problem: error.message });
      });
    });
    if ('problem' in answer) throw new Error(`paper exchange, ${name}: ${answer.problem}`);
    return answer.value as ReturnType<PaperCommands[typeof name]>;
  };
  const addresses = await ask('addresses');
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return { ...addresses, ask, close };
}
