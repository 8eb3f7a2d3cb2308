/** The desk in one line: how many positions, how many need a person, what today has brought; and a banner for each silent index. */
import type { ReactNode } from 'react';
import type { TaskStanding } from '../../../api/contract.ts';
import { useFeed } from '../../api/feeds.ts';
import { useProfit } from '../../api/queries.ts';
import { numberText } from '../../format/numbers.ts';
import { minus } from '../../format/decimals.ts';
import { durationText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Money, NotKnown, useNow } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Banner } from '../../ui/states.tsx';

export function Summary({ rows }: { readonly rows: readonly TaskStanding[] }): ReactNode {
  const { m, locale } = useMessages();
  const count = (wanted: TaskStanding['urgency']): number =>
    rows.filter(({ urgency }) => urgency === wanted).length;
  const attention = count('attention');
  return (
    <dl className="summary">
      <div>
        <dt>{m.desk.positions}</dt>
        <dd>{numberText(rows.length, locale)}</dd>
      </div>
      <div className={attention > 0 ? 'loud' : ''}>
        <dt>{m.desk.attention}</dt>
        <dd>
          {attention > 0 && <Icon name="alert" />}
          {numberText(attention, locale)}
        </dd>
      </div>
      <div>
        <dt>{m.desk.rolling}</dt>
        <dd>{numberText(count('rolling'), locale)}</dd>
      </div>
      <div className="today">
        <dt title={m.desk.todayHint}>{m.desk.today}</dt>
        <dd>
          <Today />
        </dd>
      </div>
    </dl>
  );
}

function Today(): ReactNode {
  const { data } = useProfit(1);
  if (data === undefined) return <NotKnown />;
  if (data.total.length === 0) return <Money value="0" coin={null} />;
  return data.total.map(({ settleCoin, net, fees }) => (
    <Money key={settleCoin} value={minus(net, fees)} coin={settleCoin} isResult />
  ));
}

/** One for each coin whose index says nothing any more: a stale price triggers nothing, and that has to be seen. */
export const StaleBanners = ({ coins }: { readonly coins: readonly string[] }): ReactNode =>
  coins.map((coin) => <StaleBanner key={coin} coin={coin} />);

function StaleBanner({ coin }: { readonly coin: string }): ReactNode {
  const { m, locale } = useMessages();
  const feed = useFeed(coin);
  const nowMs = useNow();
  if (!feed?.isStale) return null;
  return (
    <Banner
      tone="bad"
      icon="lost"
      title={m.connection.stale(coin, durationText(nowMs - feed.sinceMs, locale))}
    >
      {m.connection.staleText} {feed.reason}
    </Banner>
  );
}
