import { Link } from '@tanstack/react-router';
import type { Found } from '../../src/contract/index.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { visible } from '../parts/visible.ts';
import { certificateLook, describeFinding } from '../scans/findings.ts';
import { Card } from './Card.tsx';
import type { HomeViewProps } from './parts.ts';

const shown = 5;

type FindingsProps = Pick<HomeViewProps, 'scans' | 'scansError' | 'newest' | 'findings'> & {
  readonly mayScan: boolean;
};

/** What the newest scan found, the certificates that expire first before all others. */
export function FindingsCard(props: FindingsProps) {
  return (
    <Card title="Latest findings" to="/scans" page="Scans">
      <Content {...props} />
    </Card>
  );
}

function Content({ scans, scansError, newest, findings, mayScan }: FindingsProps) {
  if (scansError !== null) return <ErrorNotice error={scansError} />;
  if (scans === undefined) return <p className="quiet">Reading…</p>;
  if (newest === undefined) {
    return (
      <div className="empty">
        <p className="empty-title">
          {scans.length === 0 ? 'No scan has been asked for' : 'Nothing has been found yet'}
        </p>
        {mayScan && scans.length === 0 ? (
          <Link to="/scans" search={{ ask: 'new' }} className="button">
            Ask for the first scan
          </Link>
        ) : null}
      </div>
    );
  }
  return (
    <>
      <p className="home-of">
        Of the scan{' '}
        <Link to="/scans/$scan" params={{ scan: newest.id }}>
          {visible(newest.name)}
        </Link>
        , asked for <Ago at={newest.createdAt} />
      </p>
      <ul className="home-findings">
        {(findings ?? []).slice(0, shown).map((found) => (
          <Finding key={`${found.jobId} ${found.foundAt} ${found.finding.kind}`} found={found} />
        ))}
      </ul>
    </>
  );
}

function Finding({ found }: { readonly found: Found }) {
  const { look } = describeFinding(found.finding);
  const certificate = certificateLook(found);
  return (
    <li>
      <Link to="/scans/target" search={{ address: found.address }} className="mono">
        {visible(found.address)}
      </Link>
      <span className="home-found">
        <span className="quiet">{found.finding.kind}</span> <Status look={look} />
        {certificate === null ? null : <Status look={certificate} />}
      </span>
    </li>
  );
}
