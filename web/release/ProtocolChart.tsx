import { useId } from 'react';
import type { ProtocolWindow } from '../../src/contract/index.ts';
import { describeBars, type ProtocolBar } from './census.ts';

const slot = 58;
const plotHeight = 120;
const top = 44;
const bottom = 26;
const barWidth = 30;

interface ChartProps {
  readonly bars: readonly ProtocolBar[];
  readonly window: ProtocolWindow;
}

/** Scanners by protocol version, the supported window drawn behind them. Its words are in the image's description and in the table beside it. */
export function ProtocolChart({ bars, window }: ChartProps) {
  const id = useId();
  const width = Math.max(bars.length * slot, 2 * slot);
  const height = top + plotHeight + bottom;
  const highest = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    // Many versions make the chart wider than its place; a scrolled region has to be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="chart-scroll" tabIndex={0} aria-label="Chart of protocol versions">
      <svg
        className="chart"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        // Drawn inline because its colours follow the theme, which an <img> cannot.
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        role="img"
        aria-labelledby={`${id}-title ${id}-text`}
      >
        <title id={`${id}-title`}>Scanners by protocol version</title>
        <desc id={`${id}-text`}>{describeBars(bars, window)}</desc>
        <WindowBand bars={bars} window={window} />
        <path className="chart-axis" d={`M0 ${top + plotHeight + 0.5}H${width}`} />
        {bars.map((bar, index) => (
          <Bar key={bar.protocolVersion} bar={bar} index={index} highest={highest} />
        ))}
      </svg>
    </section>
  );
}

function WindowBand({ bars, window }: ChartProps) {
  const first = bars.findIndex((bar) => bar.inWindow);
  const count = bars.filter((bar) => bar.inWindow).length;
  if (first === -1) return null;
  const x = first * slot + 4;
  const width = count * slot - 8;
  const words = window.min === window.max ? `window ${window.min}` : `window ${window.min}–${window.max}`;
  return (
    <g>
      <rect className="chart-window" x={x} y={20} width={width} height={top - 20 + plotHeight} rx={4} />
      <path className="chart-window-line" d={`M${x} 20h${width}`} />
      <text className="chart-window-word" x={x + width / 2} y={14} textAnchor="middle">
        {words}
      </text>
    </g>
  );
}

/** Online scanners are solid at the foot of a bar, the others lighter above; outsiders are hatched by their outline. */
function Bar({ bar, index, highest }: { readonly bar: ProtocolBar; readonly index: number; readonly highest: number }) {
  const foot = top + plotHeight;
  const middle = index * slot + slot / 2;
  const height = barHeight(bar.count, highest);
  const online = bar.count === 0 ? 0 : (height * bar.online) / bar.count;
  const x = middle - barWidth / 2;
  return (
    <g className="chart-bar" data-inside={bar.inWindow}>
      <rect className="chart-all" x={x} y={foot - height} width={barWidth} height={height} />
      <rect className="chart-online" x={x} y={foot - online} width={barWidth} height={online} />
      <text className="chart-count" x={middle} y={foot - height - 6} textAnchor="middle">
        {bar.count.toLocaleString('en')}
      </text>
      <text className="chart-version" x={middle} y={foot + 18} textAnchor="middle">
        v{bar.protocolVersion}
      </text>
    </g>
  );
}

/** A few among many are still seen: any bar but an empty one is at least three units high. */
function barHeight(count: number, highest: number): number {
  return count === 0 ? 0 : Math.max(3, (count / highest) * (plotHeight - 8));
}
