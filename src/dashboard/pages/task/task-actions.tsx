/**
 * What can be done with a task in its state, for those who may. What moves money asks back with its figures; nothing is done twice by
 * a second click; the daemon's own answer is shown.
 */
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { newKey } from '../../api/client.ts';
import type { VersionedTask } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Popover } from '../../ui/popover.tsx';
import { useErrorText } from '../../ui/states.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { MarkDialog } from './mark-dialog.tsx';
import { useCommand, useMayAct } from './task-commands.ts';
import { actionsOf, type PlainAction, type TradeAction } from './task-words.ts';
import { TradeDialog } from './trade-dialog.tsx';

interface Props {
  readonly task: VersionedTask;
}

type Open = PlainAction | TradeAction | 'mark' | null;

export function TaskActions({ task }: Props): ReactNode {
  const { m } = useMessages();
  const [open, setOpen] = useState<Open>(null);
  const mayAct = useMayAct(task);
  const { taskId } = task.page;
  const { trades, plain, canEdit, canMark } = actionsOf(task.page);
  const close = (): void => setOpen(null);
  const urgent = plain.filter((each) => each === 'resume' || each === 'retry' || each === 'reopen');
  const others = plain.filter((each) => each === 'acceptFlat' || each === 'remove');
  return (
    <div className="task-actions" role="group" aria-label={m.task.actions.label}>
      {mayAct ? (
        <>
          {canMark && (
            <Button kind="primary" icon="alert" onClick={() => setOpen('mark')}>
              {m.task.mark.open}
            </Button>
          )}
          {urgent.map((kind) => (
            <Button key={kind} kind="primary" icon="play" onClick={() => setOpen(kind)}>
              {m.task.actions[kind]}
            </Button>
          ))}
          {trades.map((kind) => (
            <Button
              key={kind}
              kind={kind === 'closeNow' ? 'danger-outline' : 'plain'}
              icon={kind === 'closeNow' ? 'close' : 'roll'}
              onClick={() => setOpen(kind)}
            >
              {m.task.actions[kind]}
            </Button>
          ))}
          {plain.includes('pause') && <PauseButton task={task} />}
          {canEdit && (
            <Link className="button plain" href={`/tasks/${taskId}/edit`}>
              {m.task.actions.edit}
            </Link>
          )}
          {others.length > 0 && (
            <Popover label={m.task.actions.more} icon="down" kind="plain">
              <div className="menu">
                {others.map((kind) => (
                  <Button
                    key={kind}
                    kind={kind === 'remove' ? 'danger-outline' : 'plain'}
                    onClick={() => setOpen(kind)}
                  >
                    {m.task.actions[kind]}
                  </Button>
                ))}
              </div>
            </Popover>
          )}
        </>
      ) : (
        <p className="small muted">{m.task.actions.onlyView}</p>
      )}
      <Link className="button quiet" href={`/machine/${taskId}`}>
        {m.task.machine}
      </Link>
      <OpenDialog task={task} open={open} onClose={close} />
    </div>
  );
}

interface OpenProps extends Props {
  readonly open: Open;
  readonly onClose: () => void;
}

function OpenDialog({ task, open, onClose }: OpenProps): ReactNode {
  if (open === null) return null;
  if (open === 'mark') return <MarkDialog task={task} onClose={onClose} />;
  if (open === 'rollNow' || open === 'closeNow')
    return <TradeDialog task={task} action={open} onClose={onClose} />;
  return <PlainDialog task={task} action={open} onClose={onClose} />;
}

const requests: Readonly<Record<PlainAction, readonly [method: 'POST' | 'DELETE', path: string]>> = {
  pause: ['POST', '/pause'],
  resume: ['POST', '/resume'],
  retry: ['POST', '/retry'],
  reopen: ['POST', '/reopen'],
  acceptFlat: ['POST', '/accept-flat'],
  remove: ['DELETE', ''],
};

/** Pausing moves no money: it is done at once. */
function PauseButton({ task }: Props): ReactNode {
  const { m } = useMessages();
  const send = useCommand(task);
  const { show } = useToasts();
  const errorText = useErrorText();
  const [isBusy, setBusy] = useState(false);
  const pause = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    try {
      await send({ method: 'POST', path: '/pause', idempotencyKey: newKey() });
    } catch (error) {
      show({ kind: 'bad', text: errorText(error) });
    }
    setBusy(false);
  };
  return (
    <Button
      icon="pause"
      disabled={isBusy}
      aria-busy={isBusy}
      title={m.task.actions.pauseText}
      onClick={() => void pause()}
    >
      {m.task.actions.pause}
    </Button>
  );
}

interface DialogProps extends Props {
  readonly action: PlainAction;
  readonly onClose: () => void;
}

function PlainDialog({ task, action, onClose }: DialogProps): ReactNode {
  const { m } = useMessages();
  const send = useCommand(task);
  const [method, path] = requests[action];
  const wayOut = task.page.waysOut.find(({ kind }) => kind === action);
  const titles: Readonly<Record<PlainAction, string>> = {
    pause: m.task.actions.pauseTitle,
    resume: m.task.actions.resumeTitle,
    retry: m.task.actions.retryTitle,
    reopen: m.task.actions.reopenTitle,
    acceptFlat: m.task.actions.acceptTitle,
    remove: m.task.actions.removeTitle,
  };
  const isMild = action === 'resume' || action === 'pause';
  return (
    <ConfirmDialog
      title={titles[action]}
      text={action === 'resume' ? m.task.actions.resumeText : (wayOut?.text ?? '')}
      confirmLabel={m.task.actions[action]}
      kind={isMild ? 'primary' : 'danger'}
      onConfirm={(idempotencyKey) =>
        send({ method, path, idempotencyKey, isBoundToVersion: action === 'remove' })
      }
      onClose={onClose}
    >
      <p className="small muted">{task.page.now}</p>
    </ConfirmDialog>
  );
}
