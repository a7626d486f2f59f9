import type { ListedScannerEntry, ProtocolWindow } from '../../contract/index.ts';
import { isInWindow, type ListedScanner } from '../../fleet/index.ts';

/** A scanner as the API shows it. */
export function entryOf(row: ListedScanner, window: ProtocolWindow): ListedScannerEntry {
  const inWindow = isInWindow(window, row.protocolVersion);
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    binaryVersion: row.binaryVersion,
    protocolVersion: row.protocolVersion,
    inWindow,
    outsideReason: inWindow ? '' : reasonOf(row.protocolVersion, window),
    enrolledAt: row.enrolledAt.toISOString(),
    lastSeenAt: instant(row.lastSeenAt),
    jobsHeld: row.jobsHeld,
    refusedSince: instant(row.refusedSince),
    refusedCount: row.refusedCount,
    cloneSuspectedAt: instant(row.cloneSuspectedAt),
    rotationRequestedAt: instant(row.rotationRequestedAt),
    revokedAt: instant(row.revokedAt),
    revokedBy: row.revokedBy,
  };
}

function reasonOf(version: number, { min, max }: ProtocolWindow): string {
  const spoken = min === max ? `${min}` : `${min} to ${max}`;
  return version < min
    ? `It speaks protocol ${version}, this release speaks ${spoken}: upgrade the scanner.`
    : `It speaks protocol ${version}, this release speaks ${spoken}: the scanner is newer than the manager.`;
}

function instant(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
