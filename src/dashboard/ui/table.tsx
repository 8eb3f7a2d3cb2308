/** A plain table in a panel: head, rows, and what is shown while there are none. It scrolls sideways by itself where it is too wide. */
import type { ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { EmptyState, ErrorState, Skeleton } from './states.tsx';

export interface Column {
  readonly name: string;
  /** Numbers stand at the end of their cells. */
  readonly isNumber?: boolean;
  /** Its name is for screen readers alone: the cells say for themselves what they are. */
  readonly isUnseen?: boolean;
}

interface TableProps {
  /** For screen readers. */
  readonly label: string;
  readonly columns: readonly Column[];
  /** Rows of cells. */
  readonly children: ReactNode;
}

export const Table = ({ label, columns, children }: TableProps): ReactNode => (
  <div className="table-wrap" role="region" aria-label={label} tabIndex={0}>
    <table className="table">
      <thead>
        <tr>
          {columns.map(({ name, isNumber, isUnseen }) => (
            <th key={name} scope="col" className={isNumber ? 'end' : ''}>
              {isUnseen ? <span className="sr">{name}</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);

interface AnswerProps<T> {
  readonly query: UseQueryResult<T>;
  /** What to say when the answer holds nothing. */
  readonly empty?: string;
  readonly isEmpty?: (data: T) => boolean;
  readonly children: (data: T) => ReactNode;
}

/** What a query has answered, or that it is loading, has failed, or holds nothing. */
export function Answer<T>({ query, empty, isEmpty, children }: AnswerProps<T>): ReactNode {
  const { data, error, refetch } = query;
  if (data !== undefined)
    return empty !== undefined && isEmpty?.(data) ? <EmptyState title={empty} /> : children(data);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="body">
      <Skeleton />
    </div>
  );
}
