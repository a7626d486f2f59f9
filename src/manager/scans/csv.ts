import type { Finding, Found } from '../../contract/index.ts';
import { renderCsv } from '../csv.ts';

const columns = [
  'address',
  'kind',
  'found_at',
  'summary',
  'certificate_expires_at',
  'certificate_days_left',
  'error',
  'scanner',
];

/** Findings as CSV (RFC 4180), with a heading. */
export function toCsv(findings: readonly Found[]): string {
  const rows = findings.map(({ address, finding, foundAt, certificateExpiresAt, certificateDaysLeft, ...rest }) => [
    address,
    finding.kind,
    foundAt,
    summarise(finding),
    certificateExpiresAt ?? '',
    certificateDaysLeft?.toString() ?? '',
    finding.error === null ? '' : `${finding.error.code}: ${finding.error.message}`,
    rest.scannerName ?? rest.scannerId,
  ]);
  return renderCsv([columns, ...rows]);
}

function summarise(finding: Finding): string {
  if (finding.kind === 'tcp') return finding.open ? 'open' : 'closed';
  if (finding.kind === 'tls')
    return [finding.protocol, finding.cipher, finding.chain[0]?.subject].filter(Boolean).join(' ');
  return [finding.status, finding.server].filter((value) => value !== null).join(' ');
}
