/**
 * The cells of a row. The index and the distance to the trigger subscribe to their coin by themselves, so that ten prices a second
 * render these two and no row.
 */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ConditionView, TaskStanding } from '../../../api/contract.ts';
import { useFeed } from '../../api/feeds.ts';
import { connection, exchangeNowMs, indexPriceOf } from '../../api/live.ts';
import { useStore } from '../../api/store.ts';
import { numberText, percentText } from '../../format/numbers.ts';
import { utcDayText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge, StateBadge } from '../../ui/badge.tsx';
import { Bar } from '../../ui/bar.tsx';
import { Money, NotKnown, Quantity } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { coinOf, distanceNow, nameOf, nearestOnIndex } from './rows.ts';

interface RowProps {
  readonly row: TaskStanding;
}

const dayMs = 86_400_000;
const strikesMax = 4;
/** Where several stand in one line; every trader reads them. */
const letters = { call: 'C', put: 'P' } as const;

export function Position({ row }: RowProps): ReactNode {
  const { m, locale } = useMessages();
  const name = nameOf(row);
  const strikes = name?.strikes.slice(0, strikesMax) ?? [];
  return (
    <>
      <Link href={`/tasks/${row.taskId}`} className="position" tabIndex={-1} title={row.symbol}>
        {name === null ? (
          row.symbol
        ) : (
          <>
            <strong>{name.coin}</strong>
            {strikes.map(({ strike, kind }, place) => (
              <span key={strike + kind} className="strike">
                {place > 0 && <span className="muted">/ </span>}
                {numberText(strike, locale)}{' '}
                <span className={`kind ${kind}`}>{strikes.length > 1 ? letters[kind] : m.common[kind]}</span>
              </span>
            ))}
          </>
        )}
      </Link>
      <Expiry atMs={name?.expiryMs ?? null} />
    </>
  );
}

function Expiry({ atMs }: { readonly atMs: number | null }): ReactNode {
  const { m, locale } = useMessages();
  if (atMs === null) return null;
  const days = Math.floor((atMs - exchangeNowMs()) / dayMs);
  return (
    <span className="second">
      {utcDayText(atMs, locale)} · {days < 0 ? m.desk.expired : m.desk.daysLeft(days)}
    </span>
  );
}

export function Account({ row }: RowProps): ReactNode {
  const { m } = useMessages();
  const trouble = row.accountTrouble !== null;
  return (
    <>
      <span className="clip">{row.accountName}</span>
      <span className="second clip">
        {trouble ? (
          <span className="warned" title={m.desk.accountTrouble}>
            <Icon name="alert" /> {m.desk.accountTrouble}
          </span>
        ) : (
          row.userName
        )}
      </span>
    </>
  );
}

export function Size({ row }: RowProps): ReactNode {
  const { m } = useMessages();
  const { side, qty, legs } = row;
  return (
    <>
      {side === null ? <NotKnown /> : <span className={`side ${side}`}>{m.common[side]}</span>}
      <span className="second">
        {legs ? m.desk.legs(legs.length) : <Quantity value={qty} unit={coinOf(row)} />}
      </span>
    </>
  );
}

export function IndexPrice({ coin }: { readonly coin: string }): ReactNode {
  const { locale } = useMessages();
  const price = useStore(indexPriceOf(coin));
  const isStale = useFeed(coin)?.isStale === true;
  const isLost = useStore(connection) === 'lost';
  if (price === null) return <NotKnown />;
  return (
    <span className={`figure ${isStale || isLost ? 'stale' : ''}`} data-at={price.atMs}>
      {(isStale || isLost) && <Icon name="lost" />}
      {numberText(price.index, locale, { min: 2, max: 2 })}
    </span>
  );
}

/** From here to the trigger the bar fills up. */
const fullShare = 0.1;
const nearShare = 0.01;
const closeShare = 0.03;

export function Trigger({ row }: RowProps): ReactNode {
  return row.nearest === null ? (
    <UnansweredTrigger row={row} />
  ) : (
    <Distance nearest={row.nearest} coin={coinOf(row)} />
  );
}

/** Without its daemon's answer only what the index decides can be measured. */
function UnansweredTrigger({ row }: RowProps): ReactNode {
  const { m } = useMessages();
  const coin = coinOf(row);
  const price = useStore(indexPriceOf(coin));
  const nearest = price && row.trigger && nearestOnIndex(row.trigger, price.index);
  if (nearest) return <Distance nearest={nearest} coin={coin} />;
  return <span className="second">{row.isFresh ? m.desk.noTrigger : m.common.unknown}</span>;
}

interface DistanceProps {
  readonly nearest: ConditionView;
  readonly coin: string;
}

function Distance({ nearest, coin }: DistanceProps): ReactNode {
  const { m, locale } = useMessages();
  const price = useStore(indexPriceOf(coin));
  const { direction, share } = distanceNow(nearest, price?.index ?? null);
  const isPrice = nearest.kind === 'index' && direction !== null;
  const tone = share === null || share > closeShare ? 'accent' : share > nearShare ? 'warn' : 'bad';
  return (
    <>
      <span className="distance" title={nearest.text}>
        <span className="clip">
          {isPrice ? (
            <>
              <Icon name={direction === 'above' ? 'up' : 'down'} />
              <span className="sr">{m.desk[direction]}</span> {numberText(nearest.level, locale)}
            </>
          ) : (
            nearest.text
          )}
        </span>
        <span className={`to-go ${tone}`}>
          {share === null ? <NotKnown /> : share === 0 ? m.desk.reached : percentText(share, locale)}
        </span>
      </span>
      <Bar share={share === null ? 0 : 1 - share / fullShare} tone={tone} />
    </>
  );
}

export function State({ row }: RowProps): ReactNode {
  const { m } = useMessages();
  return (
    <span className="state-line">
      <span>
        <StateBadge urgency={row.urgency} title={row.state} />
        {!row.isFresh && (
          <span className="muted" title={m.desk.notFresh}>
            <Icon name="lost" />
            <span className="sr">{m.desk.notFresh}</span>
          </span>
        )}
      </span>
      {row.halts.length > 0 && (
        <Badge tone="bad" icon="halt">
          {m.desk.halted}
        </Badge>
      )}
    </span>
  );
}

export const Now = ({ row }: RowProps): ReactNode => (
  <span className="now" title={row.now}>
    {row.now}
  </span>
);

export const Result = ({ row }: RowProps): ReactNode => (
  <Money value={row.result} coin={row.settleCoin} isResult />
);
