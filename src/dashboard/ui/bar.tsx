/** A share as a bar, and a row of values as a line: both only repeat figures that stand beside them. */
import type { ReactNode } from 'react';

export type BarTone = 'accent' | 'warn' | 'bad';

interface BarProps {
  /** 0 to 1; anything beyond is cut. */
  readonly share: number;
  readonly tone?: BarTone;
}

export const Bar = ({ share, tone = 'accent' }: BarProps): ReactNode => (
  <span className={`bar ${tone}`} aria-hidden="true">
    <span style={{ transform: `scaleX(${String(Math.min(1, Math.max(0, share)))})` }} />
  </span>
);

interface SparklineProps {
  readonly values: readonly number[];
  /** In px. */
  readonly width?: number;
  readonly height?: number;
}

export function Sparkline({ values, width = 96, height = 24 }: SparklineProps): ReactNode {
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const points = values.map((value, at) => {
    const x = (at / (values.length - 1)) * width;
    const y = height - ((value - low) / span) * height;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg className="sparkline" width={width} height={height} aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
