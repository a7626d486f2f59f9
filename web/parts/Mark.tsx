import type { VerdictStatus } from '../../src/contract/index.ts';

/** The load-line mark: a circle crossed by a line. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect className="mark-hull" width="32" height="32" rx="7" />
      <circle className="mark-ring" cx="16" cy="16" r="8" />
      <path className="mark-ring" d="M3.5 16h25" />
    </svg>
  );
}

/** How deep the ship lies for each verdict: the waterline's place, from 0 (top) to 96 (bottom), the mark's line being at 48. */
const waterline: Readonly<Record<VerdictStatus, number>> = {
  ok: 68,
  ready: 58,
  attention: 42,
  stopped: 12,
  unknown: 48,
};

/** The mark on a piece of hull; the water under it shows the verdict. Decoration: the verdict stands in words beside it. */
export function Emblem({ status }: { readonly status: VerdictStatus }) {
  return (
    <svg className="emblem" viewBox="0 0 96 96" data-verdict={status} aria-hidden="true" focusable="false">
      <clipPath id="emblem-hull">
        <rect width="96" height="96" rx="14" />
      </clipPath>
      <g clipPath="url(#emblem-hull)">
        <rect className="emblem-hull" width="96" height="96" />
        <path className="emblem-plates" d="M0 24h96M0 72h96M30 0v24M66 0v24M22 72v24M74 72v24" />
        <g className="emblem-mark">
          <circle cx="48" cy="48" r="23" />
          <path d="M10 48h76" />
        </g>
        {status === 'unknown' ? (
          <path className="emblem-fog" d="M-4 40h104M-4 50h104M-4 60h104M-4 70h104M-4 80h104M-4 90h104" />
        ) : (
          <g className="emblem-water" transform={`translate(0 ${waterline[status]})`}>
            <path className="emblem-swell" d={swell} />
          </g>
        )}
      </g>
    </svg>
  );
}

const swell = 'M-48 0q12-5 24 0t24 0 24 0 24 0 24 0 24 0 24 0 24 0V110H-48Z';
