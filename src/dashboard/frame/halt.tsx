/** Stops trading and lets it go on, asking back with what that is about; and the banner that says that it is stopped. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { HaltsInForce, SessionView, TaskStanding } from '../../api/contract.ts';
import { request } from '../api/client.ts';
import { keys, useHalts, useTasks } from '../api/queries.ts';
import { readAnew } from '../api/read-anew.ts';
import { useMessages } from '../messages/messages.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { ChoiceField, TextField } from '../ui/field.tsx';
import { Time } from '../ui/figures.tsx';
import { Banner } from '../ui/states.tsx';
import { useToasts } from '../ui/toast.tsx';
import {
  accountsIn,
  bodyOf,
  haltsIn,
  keyOf,
  resumableTargets,
  tasksIn,
  type HaltTarget,
} from './halt-targets.ts';

interface HaltAnswer {
  readonly isNew: boolean;
  readonly accounts: number;
  readonly pending: readonly unknown[];
}

export function HaltButton({ session }: { readonly session: SessionView }): ReactNode {
  const { m } = useMessages();
  const { data: rows = [] } = useTasks();
  const [isOpen, setOpen] = useState(false);
  if (!mayHalt(session, rows)) return null;
  return (
    <>
      <Button kind="danger-outline" icon="halt" onClick={() => setOpen(true)}>
        {m.halt.button}
      </Button>
      {isOpen && <HaltDialog session={session} act="halt" onClose={() => setOpen(false)} />}
    </>
  );
}

const mayAct = ({ role }: TaskStanding): boolean => role !== 'viewer';

/** Not a person who only looks at accounts of others. */
const mayHalt = ({ kind, isAdministrator }: SessionView, rows: readonly TaskStanding[]): boolean =>
  kind === 'operator' || isAdministrator || rows.some(mayAct);

interface DialogProps {
  readonly session: SessionView;
  readonly act: 'halt' | 'resume';
  readonly onClose: () => void;
}

/** An account's owner stands beside its name where others have accounts, too. */
function useTargetName(): (target: HaltTarget, among: readonly HaltTarget[]) => string {
  const { m } = useMessages();
  return (target, among) => {
    if (target.kind === 'everything') return m.halt.scopeEverything;
    if (target.kind === 'own') return m.halt.scopeOwn;
    const { accountName, userName } = target;
    const isOfOne = among.every((each) => each.kind !== 'account' || each.userName === userName);
    return m.halt.scopeAccount(isOfOne ? accountName : `${accountName} (${userName})`);
  };
}

const nothingHalted: HaltsInForce = { everything: [], accounts: [] };

/** Accounts that are halted can be resumed, also those without a task. */
function targetsOf(
  { kind, isAdministrator }: SessionView,
  rows: readonly TaskStanding[],
  halts: HaltsInForce,
): readonly HaltTarget[] {
  const accounts = accountsIn([...rows, ...halts.accounts]).map((account): HaltTarget => ({
    kind: 'account',
    ...account,
  }));
  const own: readonly HaltTarget[] = kind === 'operator' ? [] : [{ kind: 'own' }];
  const all: readonly HaltTarget[] = kind === 'operator' || isAdministrator ? [{ kind: 'everything' }] : [];
  return kind === 'operator' ? [...all, ...accounts] : [...own, ...accounts, ...all];
}

function HaltDialog({ session, act, onClose }: DialogProps): ReactNode {
  const { m } = useMessages();
  const { data: rows = [] } = useTasks();
  const nameOf = useTargetName();
  const { data: halts = nothingHalted } = useHalts();
  const all = targetsOf(session, rows, halts);
  const targets = act === 'halt' ? all : resumableTargets(all, halts, session);
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [first] = targets;
  // The list is live: what was proposed stays chosen, whatever comes before it.
  if (chosen === null && first) setChosen(keyOf(first));
  const target = targets.find((each) => keyOf(each) === chosen);
  const about = target ? tasksIn(target, rows, session) : [];
  const change = useHaltChange(act);
  const isHalt = act === 'halt';
  return (
    <ConfirmDialog
      title={isHalt ? m.halt.title : m.halt.titleResume}
      text={isHalt ? m.halt.text : m.halt.textResume}
      confirmLabel={isHalt ? m.halt.confirm : m.halt.confirmResume}
      kind={isHalt ? 'danger' : 'primary'}
      isPossible={target !== undefined}
      figures={[
        { label: m.halt.accounts, value: accountsIn(about).length },
        { label: m.halt.tasks, value: about.length },
        { label: m.halt.rolling, value: about.filter(({ urgency }) => urgency === 'rolling').length },
      ]}
      onConfirm={(idempotencyKey) =>
        target ? change({ target, reason: isHalt ? reason : '', idempotencyKey }) : Promise.resolve()
      }
      onClose={onClose}
    >
      <ChoiceField
        label={m.halt.scope}
        value={chosen ?? ''}
        onChange={setChosen}
        options={targets.map((each) => ({ value: keyOf(each), label: nameOf(each, targets) }))}
      />
      {isHalt && <TextField label={m.halt.reason} value={reason} onChange={setReason} maxLength={500} />}
    </ConfirmDialog>
  );
}

interface HaltChange {
  readonly target: HaltTarget;
  readonly reason: string;
  readonly idempotencyKey: string;
}

function useHaltChange(act: 'halt' | 'resume'): (change: HaltChange) => Promise<unknown> {
  const { m } = useMessages();
  const { show } = useToasts();
  const queries = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: ({ target, reason, idempotencyKey }: HaltChange) =>
      request<HaltAnswer>(act === 'halt' ? '/halts' : '/halts/resume', {
        method: 'POST',
        body: bodyOf(target, reason),
        idempotencyKey,
      }),
    onSuccess: ({ isNew, accounts, pending }) => {
      const done = act === 'halt' ? m.halt.done(accounts) : m.halt.doneResume(accounts);
      const rest = pending.length > 0 ? ` · ${m.halt.pending(pending.length)}` : '';
      show({ kind: 'good', text: (isNew ? done : m.halt.already) + rest });
      void readAnew(queries, { queryKey: keys.tasks });
      void readAnew(queries, { queryKey: keys.halts });
    },
  });
  return mutateAsync;
}

/** Shown on every page while something that the viewer sees is halted. */
export function HaltBanner({ session }: { readonly session: SessionView }): ReactNode {
  const { m } = useMessages();
  const { data: rows = [] } = useTasks();
  const { data: halts = nothingHalted } = useHalts();
  const [isOpen, setOpen] = useState(false);
  const [widest, ...others] = haltsIn(halts);
  if (widest === undefined) return null;
  const { halt, account } = widest;
  const what =
    halt.scope === 'account' && account ? m.halt.scopeAccount(account.accountName) : m.halt[halt.scope];
  const canResume =
    session.right !== 'read' && resumableTargets(targetsOf(session, rows, halts), halts, session).length > 0;
  return (
    <>
      <Banner
        tone="bad"
        icon="halt"
        title={m.halt.banner(what)}
        action={
          canResume && (
            <Button icon="play" onClick={() => setOpen(true)}>
              {m.halt.resume}
            </Button>
          )
        }
      >
        {halt.cause !== 'halt' && `${m.halt[halt.cause]} · `}
        {halt.by !== null && `${m.halt.by(halt.by)} `}
        {m.halt.since} <Time atMs={halt.sinceMs} />
        {halt.reason !== null && ` · “${halt.reason}”`}
        {others.length > 0 && ` · ${m.halt.more(others.length)}`}
      </Banner>
      {isOpen && <HaltDialog session={session} act="resume" onClose={() => setOpen(false)} />}
    </>
  );
}
