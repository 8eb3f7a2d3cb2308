/** A form that makes something whose secret is shown once: a token, a voucher. */
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { newKey, request } from '../../api/client.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { Faults } from '../../ui/states.tsx';
import { ShownOnce } from './shown-once.tsx';

interface Props<Made> {
  /** Below `/api`. */
  readonly path: string;
  readonly body: () => object;
  readonly secretOf: (made: Made) => string;
  /** What lists those that there are. */
  readonly listKey: QueryKey;
  /** Its fields. */
  readonly children: ReactNode;
}

export function MakeForm<Made>({ path, body, secretOf, listKey, children }: Props<Made>): ReactNode {
  const { m } = useMessages();
  const queries = useQueryClient();
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => request<Made>(path, { method: 'POST', body: body(), idempotencyKey: newKey() }),
    onSuccess: () => readAnew(queries, { queryKey: listKey }),
  });
  return (
    <form
      className="panel-part make"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      {children}
      <Button type="submit" icon="plus" disabled={isPending}>
        {m.system.make}
      </Button>
      <Faults error={error} />
      {data !== undefined && <ShownOnce secret={secretOf(data)} />}
    </form>
  );
}
