/** The filters of the desk, kept in the address, so that a filtered desk can be linked to and comes back with the back button. */
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { useSearchParams } from 'wouter';
import type { Urgency } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { noFilters, type Choices, type Filters } from './rows.ts';

const names = { text: 'q', account: 'account', state: 'state', coin: 'coin' } as const;

export interface FilterState {
  readonly filters: Filters;
  readonly change: (changes: Partial<Filters>) => void;
}

export function useFilters(): FilterState {
  const [params, setParams] = useSearchParams();
  const read = (name: keyof typeof names): string => params.get(names[name]) ?? '';
  const filters: Filters = {
    text: read('text'),
    account: read('account'),
    state: read('state') as Urgency | '',
    coin: read('coin'),
  };
  const change = (changes: Partial<Filters>): void => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          const key = names[name as keyof typeof names];
          if (value === '') next.delete(key);
          else next.set(key, value);
        }
        return next;
      },
      { replace: true },
    );
  };
  return { filters, change };
}

export const isFiltered = (filters: Filters): boolean => Object.values(filters).some((each) => each !== '');

interface Props extends FilterState {
  readonly choices: Choices;
  /** How many are shown, as a sentence. */
  readonly shown: string;
}

export function FilterBar({ filters, change, choices, shown }: Props): ReactNode {
  const { m } = useMessages();
  const search = useRef<HTMLInputElement>(null);
  useSearchKey(search);
  return (
    <search className="filters" aria-label={m.desk.filters}>
      <div className="search">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          className="input"
          aria-label={m.desk.search}
          aria-keyshortcuts="/"
          placeholder={m.desk.searchHint}
          value={filters.text}
          onChange={({ target }) => change({ text: target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') change({ text: '' });
          }}
        />
      </div>
      <Select
        label={m.desk.account}
        value={filters.account}
        options={choices.accounts.map((account) => ({ value: account, text: account }))}
        onChange={(account) => change({ account })}
      />
      <Select
        label={m.desk.state}
        value={filters.state}
        options={choices.states.map((state) => ({ value: state, text: m.states[state] }))}
        onChange={(state) => change({ state: state as Urgency | '' })}
      />
      <Select
        label={m.desk.coin}
        value={filters.coin}
        options={choices.coins.map((coin) => ({ value: coin, text: coin }))}
        onChange={(coin) => change({ coin })}
      />
      {isFiltered(filters) && (
        <Button kind="quiet" icon="close" onClick={() => change(noFilters)}>
          {m.desk.clear}
        </Button>
      )}
      <span className="shown muted small" role="status">
        {shown}
      </span>
    </search>
  );
}

/** `/` goes to the search, unless something is being typed elsewhere. */
function useSearchKey(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof Element && event.target.matches('input, textarea, select, dialog *');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [field]);
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
}

/** A value of the address that is no option any more is shown, so that it can be left. */
function Select({ label, value, options, onChange }: SelectProps): ReactNode {
  const { m } = useMessages();
  const isKnown = value === '' || options.some((option) => option.value === value);
  return (
    <select
      className="input"
      aria-label={label}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      <option value="">{`${label}: ${m.common.all}`}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}
