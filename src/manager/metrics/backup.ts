import { age, moment, oneOf, single } from '../../metrics/index.ts';
import type { ManagerMeter, MetricsDeps } from './types.ts';

/** What the backup service told last; nothing of it while it cannot be asked. */
export function addBackupMetrics(
  meter: ManagerMeter,
  { posture, clock }: Pick<MetricsDeps, 'posture' | 'clock'>,
): void {
  const backup = () => posture.current().posture.lastBackup;
  const asked = () => (backup().status === 'unavailable' ? null : backup());
  const service = () => asked()?.service ?? null;
  const takenAt = () => asked()?.bundle?.createdAt;
  const provenTakenAt = () => service()?.lastProven?.createdAt;
  meter.sample('plimsoll_last_backup_status', () => oneOf(['ok', 'none', 'unavailable'], backup().status));
  meter.sample('plimsoll_last_bundle_timestamp_seconds', () => moment(takenAt()));
  meter.sample('plimsoll_last_bundle_age_seconds', () => age(takenAt(), clock.now()));
  meter.sample('plimsoll_last_proven_bundle_timestamp_seconds', () => moment(provenTakenAt()));
  meter.sample('plimsoll_last_proven_bundle_age_seconds', () => age(provenTakenAt(), clock.now()));
  meter.sample('plimsoll_last_proof_timestamp_seconds', () => moment(service()?.unprovenSince));
  meter.sample('plimsoll_bundle_max_age_seconds', () => single(service()?.maxAgeSeconds));
  // One that was cancelled was meant to come to nothing.
  const take = () => {
    const last = service()?.lastTake ?? null;
    return last?.state === 'cancelled' ? null : last;
  };
  meter.sample('plimsoll_last_take_success', () => {
    const last = take();
    return last === null ? [] : single(last.state === 'succeeded' ? 1 : 0);
  });
  meter.sample('plimsoll_last_take_timestamp_seconds', () => moment(take()?.finishedAt ?? take()?.startedAt));
}
