/** What all tasks have brought: by day of the viewer's zone, and by coin since the tasks were added. */
import type { ReactNode } from 'react';
import type { ProfitReport } from '../../../api/contract.ts';
import { useProfit } from '../../api/queries.ts';
import { minus } from '../../format/decimals.ts';
import { viewersZone } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Money } from '../../ui/figures.tsx';
import { Panel } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';

const days = 30;

export function Profit(): ReactNode {
  const { m } = useMessages();
  const query = useProfit(days);
  return (
    <Panel
      title={m.system.profit}
      beside={<span className="hint">{m.common.viewersTime(viewersZone())}</span>}
      isPadded={false}
    >
      <Answer query={query} empty={m.system.nothingEarned} isEmpty={isNothing}>
        {(report) => (
          <>
            {report.days.length > 0 ? (
              <Days report={report} />
            ) : (
              <p className="panel-part muted">{m.system.nothingEarned}</p>
            )}
            <Coins report={report} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

const isNothing = ({ days: all, coins }: ProfitReport): boolean => all.length === 0 && coins.length === 0;

function Days({ report }: { readonly report: ProfitReport }): ReactNode {
  const { m } = useMessages();
  const columns = [
    { name: m.system.day },
    { name: m.system.rolls, isNumber: true },
    { name: m.system.deliveries, isNumber: true },
    { name: m.system.net, isNumber: true },
    { name: m.system.fees, isNumber: true },
    { name: m.system.after, isNumber: true },
  ];
  return (
    <Table label={m.system.profit} columns={columns}>
      {report.days.map(({ day, settleCoin, rolls, deliveries, net, fees }) => (
        <tr key={day + settleCoin}>
          <td className="figure">{day}</td>
          <td className="end">{rolls}</td>
          <td className="end">{deliveries}</td>
          <td className="end">
            <Money value={net} coin={settleCoin} />
          </td>
          <td className="end">
            <Money value={fees} coin={settleCoin} />
          </td>
          <td className="end">
            <Money value={minus(net, fees)} coin={settleCoin} isResult />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Coins({ report }: { readonly report: ProfitReport }): ReactNode {
  const { m } = useMessages();
  const columns = [
    { name: m.desk.coin },
    { name: m.system.tasks, isNumber: true },
    { name: m.system.realised, isNumber: true },
    { name: m.system.fees, isNumber: true },
    { name: m.system.cash, isNumber: true },
  ];
  return (
    <>
      <h3 className="panel-part">{m.system.coinsTitle}</h3>
      <Table label={m.system.coinsTitle} columns={columns}>
        {report.coins.map(({ baseCoin, settleCoin, tasks, realised, fees, cashFlow }) => (
          <tr key={baseCoin + settleCoin}>
            <td>{baseCoin}</td>
            <td className="end">{tasks}</td>
            <td className="end">
              <Money value={realised} coin={settleCoin} isResult />
            </td>
            <td className="end">
              <Money value={fees} coin={settleCoin} />
            </td>
            <td className="end">
              <Money value={cashFlow} coin={settleCoin} isResult />
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
