/** Every managed position, the most urgent first: the summary, the filters and the list. */
import { useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { TaskStanding } from '../../../api/contract.ts';
import { useTasks } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import './desk.css';
import { FilterBar, useFilters } from './filters.tsx';
import { PositionList } from './list.tsx';
import { choicesIn, filterRows, noFilters, orderRows } from './rows.ts';
import { StaleBanners, Summary } from './summary.tsx';

export default function DeskPage(): ReactNode {
  const { m } = useMessages();
  const { data: rows, error, refetch } = useTasks();
  return (
    <>
      <title>{`${m.desk.title} · Rollkeeper`}</title>
      <h1 className="sr">{m.desk.title}</h1>
      {rows !== undefined && <Desk rows={rows} />}
      {rows === undefined && error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {rows === undefined && error === null && <Skeleton lines={10} />}
    </>
  );
}

function Desk({ rows }: { readonly rows: readonly TaskStanding[] }): ReactNode {
  const { m } = useMessages();
  const { filters, change } = useFilters();
  const ordered = useMemo(() => orderRows(rows), [rows]);
  const choices = useMemo(() => choicesIn(rows), [rows]);
  const { text, account, state, coin } = filters;
  const shown = useMemo(
    () => filterRows(ordered, { text, account, state, coin }),
    [ordered, text, account, state, coin],
  );
  if (rows.length === 0)
    return (
      <EmptyState
        icon="desk"
        title={m.desk.emptyTitle}
        action={
          <Link href="/tasks/new" className="button primary">
            {m.desk.emptyAction}
          </Link>
        }
      >
        {m.desk.emptyText}
      </EmptyState>
    );
  return (
    <div className="desk">
      <StaleBanners coins={choices.coins} />
      <div className="desk-head">
        <Summary rows={rows} />
        <FilterBar
          filters={filters}
          change={change}
          choices={choices}
          shown={m.desk.shown(shown.length, rows.length)}
        />
      </div>
      {shown.length > 0 ? (
        <PositionList rows={shown} />
      ) : (
        <EmptyState
          icon="search"
          title={m.desk.nothingTitle}
          action={<Button onClick={() => change(noFilters)}>{m.desk.clear}</Button>}
        />
      )}
    </div>
  );
}
