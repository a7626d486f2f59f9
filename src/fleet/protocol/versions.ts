import type { ProtocolWindow } from '../../contract/index.ts';
import type { ProtocolVersion } from './types.ts';
import { protocolV1 } from './v1.ts';
import { protocolV2 } from './v2.ts';

/** Every version this program can speak, oldest first. */
export const protocolVersions: readonly ProtocolVersion[] = [protocolV1, protocolV2];

/** Whether a scanner of this protocol version is leased jobs. */
export function isInWindow(window: ProtocolWindow, version: number): boolean {
  return version >= window.min && version <= window.max;
}

/** How to speak with a scanner of the window: its version, or the newest this program knows if the window reaches beyond. */
export function protocolFor(version: number): ProtocolVersion {
  return protocolVersions.findLast((candidate) => candidate.version <= version) ?? protocolV1;
}
