/** The exchange as a process of its own, so that nothing it does shares a thread with who measures or is measured. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExchangeAnswer, ExchangeCommands, ExchangeRequest } from './exchange-words.ts';

const childPath = fileURLToPath(new URL('./exchange-child.ts', import.meta.url));

export interface ExchangeProcess {
  readonly url: string;
  readonly wsUrl: string;
  /** @throws Error with what the exchange said, or when its process is gone */
  ask<Name extends keyof ExchangeCommands>(
    name: Name,
    ...value: Parameters<ExchangeCommands[Name]>
  ): Promise<Awaited<ReturnType<ExchangeCommands[Name]>>>;
  close(): Promise<void>;
}

export async function startExchangeProcess(execArgv: readonly string[] = []): Promise<ExchangeProcess> {
  const child = fork(childPath, { execArgv: ['--import', 'tsx', ...execArgv], serialization: 'advanced' });
  const gone = once(child, 'exit');
  const waiting = new Map<number, (answer: ExchangeAnswer) => void>();
  child.on('message', (answer: ExchangeAnswer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.once('exit', (code) => {
    for (const [id, resolve] of waiting) resolve({ id, problem: `the exchange ended with ${String(code)}` });
    waiting.clear();
  });
  let sent = 0;
  const ask = async <Name extends keyof ExchangeCommands>(
    name: Name,
    ...[value]: Parameters<ExchangeCommands[Name]>
  ): Promise<Awaited<ReturnType<ExchangeCommands[Name]>>> => {
    const request: ExchangeRequest = { id: (sent += 1), name, value };
    const answer = await new Promise<ExchangeAnswer>((resolve) => {
      waiting.set(request.id, resolve);
      child.send(request, (error) => {
        if (error) resolve({ id: request.id, problem: error.message });
      });
    });
    if ('problem' in answer) throw new Error(`exchange, ${name}: ${answer.problem}`);
    return answer.value as Awaited<ReturnType<ExchangeCommands[Name]>>;
  };
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  const addresses = await ask('addresses').catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { ...addresses, ask, close };
}
