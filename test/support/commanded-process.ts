/**
 * A child process that carries out its parent's commands: named ones with plain values, which can be sent between
 * processes. It shares no thread with the test or the bench, and ends with its parent.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the process can do; a command may answer later. */
type Commands<Able> = { readonly [Name in keyof Able]: (...values: never[]) => unknown };

interface Request {
  readonly id: number;
  readonly name: string;
  readonly values: readonly unknown[];
}
type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly problem: string };

export interface CommandedProcess<Able extends Commands<Able>> {
  /** @throws Error with what went wrong over there, or when the process is gone */
  ask<Name extends keyof Able & string>(
    name: Name,
    ...values: Parameters<Able[Name]>
  ): Promise<Awaited<ReturnType<Able[Name]>>>;
  close(): Promise<void>;
}

/** @param subject begins every error message */
export function startCommanded<Able extends Commands<Able>>(
  subject: string,
  module: URL,
  args: readonly string[] = [],
): CommandedProcess<Able> {
  const child = fork(fileURLToPath(module), args, {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  const gone = once(child, 'exit');
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.once('exit', (code) => {
    for (const [id, resolve] of waiting) resolve({ id, problem: `its process ended with ${String(code)}` });
    waiting.clear();
  });
  let sent = 0;
  return {
    ask: async (name, ...values) => {
      const request: Request = { id: (sent += 1), name, values };
      const answer = await new Promise<Answer>((resolve) => {
        waiting.set(request.id, resolve);
        child.send(request, (error) => {
          if (error) resolve({ id: request.id, problem: error.message });
        });
      });
      if ('problem' in answer) throw new Error(`${subject}, ${name}: ${answer.problem}`);
      return answer.value as never;
    },
    close: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The other side of it. */
export function obeyParent<Able extends Commands<Able>>(commands: Able): void {
  process.on('message', ({ id, name, values }: Request) => {
    const command = commands[name as keyof Able];
    void Promise.resolve()
      .then(() => command(...(values as never[])))
      .then(
        (value): Answer => ({ id, value }),
        (error: unknown): Answer => ({ id, problem: String(error) }),
      )
      .then((answer) => process.send?.(answer));
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
  process.on('SIGINT', () => undefined);
}
