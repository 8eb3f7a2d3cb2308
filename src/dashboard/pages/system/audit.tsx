/** What people did, newest first: who, what, to what, from where. */
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { RecordedAct } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/figures.tsx';
import { Panel } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';
import { useAudit } from './queries.ts';

const firstLimit = 25;
const limitMax = 1_000;

export function Audit(): ReactNode {
  const { m } = useMessages();
  const [limit, setLimit] = useState(firstLimit);
  const query = useAudit(limit);
  const columns = [m.system.time, m.system.who, m.system.act, m.system.what, m.system.from];
  return (
    <Panel title={m.system.audit} isPadded={false}>
      <Answer query={query} empty={m.common.none} isEmpty={(acts) => acts.length === 0}>
        {(acts) => (
          <>
            <Table label={m.system.audit} columns={columns.map((name) => ({ name }))}>
              {acts.map((act) => (
                <tr key={act.auditId}>
                  <td>
                    <Time atMs={act.atMs} />
                  </td>
                  <td>{act.byName ?? m.frame.operator}</td>
                  <td className="mono">{act.act}</td>
                  <td>
                    <Target act={act} />
                  </td>
                  <td>{act.from}</td>
                </tr>
              ))}
            </Table>
            {acts.length >= limit && limit < limitMax && (
              <p className="panel-part">
                <Button onClick={() => setLimit(Math.min(limit * 4, limitMax))}>{m.system.older}</Button>
              </p>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Target({ act }: { readonly act: RecordedAct }): ReactNode {
  const { accountName, taskId, userName, ownerName } = act;
  const parts = [
    accountName === null ? null : ownerName === null ? accountName : `${ownerName}/${accountName}`,
    userName,
  ].filter((part) => part !== null);
  return (
    <>
      {parts.join(', ')}{' '}
      {taskId !== null && (
        <Link href={`/tasks/${taskId}`} className="mono">
          {taskId}
        </Link>
      )}
    </>
  );
}
