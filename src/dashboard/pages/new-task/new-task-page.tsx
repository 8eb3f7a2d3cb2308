/** Makes a task, or edits one: a form and its YAML side by side, what it would do now below, and a question back before it is sent. */
import { useState, type ReactNode } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { AccountPositions } from '../../../api/contract.ts';
import { useSession, useTask } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { readSymbol } from '../../format/symbols.ts';
import { handOver } from '../backtest/handed-over.ts';
import {
  faultAt,
  faultsIn,
  useCheck,
  usePositions,
  useSpecPreview,
  type ChosenAccount,
  type EditedTask,
} from './draft-queries.ts';
import type { Fault } from '../../ui/field.tsx';
import { useBase } from './moved-notice.tsx';
import './new-task.css';
import { PositionPicker } from './position-picker.tsx';
import { PresetPart } from './preset-part.tsx';
import { PreviewPart } from './preview-part.tsx';
import { GuardsPart, TargetPart, TriggerPart } from './rule-parts.tsx';
import { SendDialog } from './send-dialog.tsx';
import { useDraft, useSettled, type Draft } from './use-draft.ts';
import { YamlSide } from './yaml-side.tsx';
import { yamlOf } from './yaml-form.ts';

const settleMs = 450;

/** @param props without `taskId`: a new task */
export default function NewTaskPage({ taskId }: { readonly taskId?: string }): ReactNode {
  return taskId === undefined ? <NewTask /> : <EditTask taskId={taskId} />;
}

function NewTask(): ReactNode {
  const { m } = useMessages();
  const { data: accounts, error, refetch } = usePositions();
  const wanted = new URLSearchParams(useSearch());
  if (error && accounts === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (accounts === undefined) return <Skeleton lines={8} />;
  if (accounts.length === 0)
    return <EmptyState title={m.newTask.noAccountTitle}>{m.newTask.noAccountText}</EmptyState>;
  return <Editor accounts={accounts} first={firstText(accounts, wanted)} wanted={wanted.get('account')} />;
}

/** `?symbol=` of a link, else the first position that no task manages. */
function firstText(accounts: readonly AccountPositions[], wanted: URLSearchParams): string {
  const free = accounts
    .flatMap(({ positions }) => positions ?? [])
    .find(({ taskIds }) => taskIds.length === 0);
  const symbol = wanted.get('symbol') ?? free?.symbol ?? '';
  return symbol === '' ? '' : yamlOf({ symbol });
}

function EditTask({ taskId }: { readonly taskId: string }): ReactNode {
  const { data, error, refetch } = useTask(taskId);
  if (error && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={8} />;
  const { page, etag } = data;
  const { accountName, userName } = page;
  const accounts = [{ accountName, userName, positions: null, problem: null }];
  return <Editor accounts={accounts} first={yamlOf(page.spec)} edited={{ page, etag }} wanted={null} />;
}

interface Props {
  readonly accounts: readonly AccountPositions[];
  readonly first: string;
  /** Name of an account. */
  readonly wanted: string | null;
  readonly edited?: EditedTask;
}

function Editor({ accounts, first, wanted, edited }: Props): ReactNode {
  const { m } = useMessages();
  const [, navigate] = useLocation();
  const { data: session } = useSession();
  const draft = useDraft(first);
  const [account, setAccount] = useState<ChosenAccount | null>(() =>
    accountFor(accounts, wanted, draft.shown.form.symbol),
  );
  const { base, notice } = useBase(edited, draft.setSpec);
  // What is shown and sent is one version of the text; the daemon is asked when nothing was typed for a moment.
  const text = useSettled(draft.text, settleMs);
  const isSettled = text === draft.text;
  const spec = isSettled && draft.read.kind === 'read' ? specIn(draft.read.spec) : null;
  const check = useCheck(spec);
  const fault = worthSaying(spec, check.error);
  const isRight = spec !== null && check.isSuccess;
  const preview = useSpecPreview(account, isRight ? spec : null);
  const [isSending, setSending] = useState(false);
  const { symbol } = draft.shown.form;
  const mayTrade = session != null && session.right !== 'read';
  const side = edited?.page.side ?? sideOf(accounts, symbol);
  return (
    <div className="new-task">
      <header className="page-head">
        <h1>{edited ? m.newTask.editTitle : m.newTask.title}</h1>
        <div className="page-actions">
          <Button
            icon="flask"
            disabled={!isRight}
            onClick={() => navigate('/backtest', handOver({ yaml: draft.text, side }))}
          >
            {m.newTask.backtest}
          </Button>
          <Button
            kind="primary"
            icon="check"
            disabled={!isRight || !mayTrade || account === null}
            onClick={() => setSending(true)}
          >
            {edited ? m.newTask.save : m.newTask.add}
          </Button>
        </div>
      </header>
      {notice}
      {!mayTrade && session != null && <p className="hint">{m.newTask.cannotAct}</p>}
      <div className="sides">
        <FormSide
          draft={draft}
          faults={faultsIn(fault)}
          isNew={!edited}
          accounts={accounts}
          account={account}
          onAccount={setAccount}
        />
        <YamlSide draft={draft} fault={fault} full={check.data?.yaml} />
      </div>
      <PreviewPart query={preview} isAsked={isRight && account !== null} symbol={symbol} />
      {isSending && spec !== null && account !== null && (
        <SendDialog
          spec={spec}
          account={account}
          edited={base}
          advice={preview.data?.kind === 'advice' && !preview.isPlaceholderData ? preview.data.advice : null}
          settleCoin={readSymbol(symbol)?.settleCoin ?? null}
          onClose={() => setSending(false)}
        />
      )}
    </div>
  );
}

interface FormSideProps {
  readonly draft: Draft;
  readonly faults: readonly Fault[];
  readonly isNew: boolean;
  readonly accounts: readonly AccountPositions[];
  readonly account: ChosenAccount | null;
  readonly onAccount: (account: ChosenAccount) => void;
}

function FormSide({ draft, faults, isNew, accounts, account, onAccount }: FormSideProps): ReactNode {
  const { m } = useMessages();
  const isDisabled = draft.read.kind === 'fault';
  const parts = { form: draft.shown.form, onForm: draft.setForm, faults, isDisabled };
  const says = draft.shown.others;
  const isOwnRule = !says.includes('rules') && !says.includes('legs');
  return (
    <form className="form-side" onSubmit={(event) => event.preventDefault()} aria-label={m.newTask.title}>
      {isDisabled && (
        <p className="fault" role="status">
          {m.newTask.formKept}
        </p>
      )}
      <PositionPicker {...parts} accounts={accounts} account={account} onAccount={onAccount} />
      {isNew && <PresetPart symbol={parts.form.symbol} qty={parts.form.qty} onSpec={draft.setSpec} />}
      {isOwnRule && !says.includes('trigger') && <TriggerPart {...parts} />}
      {isOwnRule && !says.includes('target') && <TargetPart {...parts} />}
      <GuardsPart {...parts} />
      {says.length > 0 && (
        <div className="part">
          <p className="hint">{m.newTask.more}</p>
          <ul className="others">
            {says.map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
    </form>
  );
}

/** Nothing that could be a task is not asked about. */
const specIn = (spec: object): object | null => (Object.keys(spec).length === 0 ? null : spec);

const position = ['symbol', 'qty'];

/** That trigger and target are missing is no fault of a task of which only the position was chosen. */
function worthSaying(spec: object | null, error: Error | null): Error | null {
  const isBegun = Object.keys(spec ?? {}).some((key) => !position.includes(key));
  return isBegun || faultAt(faultsIn(error), ...position) !== undefined ? error : null;
}

/** The account of that name, else the one that holds the option, else the first. */
function accountFor(
  accounts: readonly AccountPositions[],
  wanted: string | null,
  symbol: string,
): ChosenAccount | null {
  const found =
    accounts.find(({ accountName }) => accountName === wanted) ??
    accounts.find(({ positions }) => positions?.some((position) => position.symbol === symbol)) ??
    accounts[0];
  return found ? { name: found.accountName, userName: found.userName } : null;
}

const sideOf = (accounts: readonly AccountPositions[], symbol: string): 'short' | 'long' =>
  accounts.flatMap(({ positions }) => positions ?? []).find((position) => position.symbol === symbol)?.side ??
  'short';
