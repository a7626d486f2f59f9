import type { ListedScannerEntry } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { outsideLook } from '../parts/window.ts';
import { cloneLook, stateLooks } from './looks.ts';

interface TableProps {
  readonly scanners: readonly ListedScannerEntry[];
  readonly busy: boolean;
  readonly onOpen: (scanner: ListedScannerEntry) => void;
}

const columns = ['Name', 'State', 'Last contact', 'Version', 'Protocol', 'Refused', 'Jobs held'] as const;

/** One row a scanner; on a narrow screen one block a scanner. Its name opens all that is known of it. */
export function ScannerTable({ scanners, busy, onOpen }: TableProps) {
  return (
    <table className="table stacking scanners" aria-busy={busy}>
      <caption className="only-spoken">Scanners</caption>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col" data-field={name} className={name === 'Jobs held' ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {scanners.map((scanner) => (
          <Row key={scanner.id} scanner={scanner} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly scanner: ListedScannerEntry;
  readonly onOpen: (scanner: ListedScannerEntry) => void;
}

function Row({ scanner, onOpen }: RowProps) {
  return (
    <tr data-state={scanner.state}>
      <th scope="row">
        <button type="button" className="link" onClick={() => onOpen(scanner)}>
          {scanner.name}
        </button>
        {scanner.cloneSuspectedAt === null ? null : (
          <span className="scanner-mark">
            <Status look={cloneLook} />
          </span>
        )}
      </th>
      <Cell label="State">
        <Status look={stateLooks[scanner.state]} />
        {scanner.revokedAt === null ? null : (
          <span className="scanner-note">
            by {scanner.revokedBy ?? 'unknown'}, <Ago at={scanner.revokedAt} />
          </span>
        )}
      </Cell>
      <Cell label="Last contact">{scanner.lastSeenAt === null ? 'never' : <Ago at={scanner.lastSeenAt} />}</Cell>
      <Cell label="Version" className="mono">
        {scanner.binaryVersion}
      </Cell>
      <Cell label="Protocol">
        <Protocol scanner={scanner} />
      </Cell>
      <Cell label="Refused">
        <Refused scanner={scanner} />
      </Cell>
      <Cell label="Jobs held" className="number">
        {scanner.jobsHeld === null ? 'unknown' : scanner.jobsHeld.toLocaleString('en')}
      </Cell>
    </tr>
  );
}

/** The protocol a scanner speaks, and why it gets no jobs if it does not fit. */
export function Protocol({ scanner }: { readonly scanner: ListedScannerEntry }) {
  if (scanner.inWindow) {
    return (
      <>
        {scanner.protocolVersion} <span className="quiet">inside</span>
      </>
    );
  }
  return (
    <>
      {scanner.protocolVersion} <Status look={outsideLook} />
      <span className="scanner-note">{scanner.outsideReason}</span>
    </>
  );
}

/** Since when, and how often, a scanner's calls for jobs are refused. */
export function Refused({ scanner }: { readonly scanner: ListedScannerEntry }) {
  if (scanner.refusedSince === null) return <span className="quiet">no</span>;
  const times = scanner.refusedCount === 1 ? 'once' : `${scanner.refusedCount.toLocaleString('en')} times`;
  return (
    <>
      {times}, first <Ago at={scanner.refusedSince} />
    </>
  );
}
