import type { Finding, Found } from '../../contract/index.ts';

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
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function summarise(finding: Finding): string {
  if (finding.kind === 'tcp') return finding.open ? 'open' : 'closed';
  if (finding.kind === 'tls')
    return [finding.protocol, finding.cipher, finding.chain[0]?.subject].filter(Boolean).join(' ');
  return [finding.status, finding.server].filter((value) => value !== null).join(' ');
}

/** Quoted where it has to be. What a spreadsheet would take for a formula is text here: servers under probe choose it. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
