/** A task played on recorded prices: curve, rolls, sweep. */
import type { ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';

export default function BacktestPage(): ReactNode {
  const { m } = useMessages();
  return <h1>{m.backtest.title}</h1>;
}
