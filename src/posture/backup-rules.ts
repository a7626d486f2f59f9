import { backupServiceRemedy, commandForDeployment } from '../base/index.ts';
import { isKeyProofDue, keyProofDays, type BackupFacts, type BundleSummary } from '../contract/index.ts';
import type { PostureFacts } from './facts.ts';
import type { Finding } from './rule.ts';

const DAY_MS = 86_400_000;
/** Bundles are proven nightly: a week without a proof is a week of failures that nobody has looked at. */
const UNPROVEN_DAYS = 7;

/** The service is configured and gave no answer. */
export function findUnavailable({ parts: { lastBackup }, migratorCommand }: PostureFacts): Finding[] {
  const { status, error } = lastBackup;
  if (status !== 'unavailable' || error?.code === 'backup_not_configured') return [];
  const why = error?.message ?? 'no reason was given';
  const remedy = error?.code === 'backup_unreachable' ? backupServiceRemedy(migratorCommand) : '';
  return [finding(`the last backup could not be asked for: ${why}`, remedy)];
}

/** There is no service to ask: a choice, not a failure. */
export function findNotConfigured({ parts: { lastBackup } }: PostureFacts): Finding[] {
  return lastBackup.error?.code === 'backup_not_configured' ? [finding(lastBackup.error.message, '')] : [];
}

/** The service answers that it has no bundle. */
export function findNone(facts: PostureFacts): Finding[] {
  if (facts.parts.lastBackup.status !== 'none') return [];
  return [finding('the backup service has never taken a backup', takeOne(facts))];
}

/** What says that the newest bundle cannot be relied on, and which older one can. */
export function findDamaged(facts: PostureFacts): Finding[] {
  const { bundle, service } = facts.parts.lastBackup;
  if (bundle?.state !== 'damaged') return [];
  const found = bundle.damage ?? 'its newest verification failed';
  const proven = service?.lastProven ?? null;
  const instead = proven === null ? 'no other is proven' : `the newest proven one is of ${minuteOf(proven.createdAt)}`;
  return [finding(`the last backup is damaged: ${found}; ${instead}`, takeOne(facts))];
}

/** The newest attempt came to nothing; one that was cancelled was meant to. */
export function findFailedTake(facts: PostureFacts): Finding[] {
  const take = facts.parts.lastBackup.service?.lastTake;
  if (take?.state !== 'failed' && take?.state !== 'interrupted') return [];
  const why = take.error === null ? '' : `: ${take.error.message}`;
  return [finding(`the backup begun on ${minuteOf(take.startedAt)} ${outcomes[take.state]}${why}`, takeOne(facts))];
}

const outcomes = { failed: 'failed', interrupted: 'was interrupted' } as const;

/** Older than the backup service allows, by this deployment's own threshold. */
export function findStale(facts: PostureFacts): Finding[] {
  const { bundle, service } = facts.parts.lastBackup;
  if (bundle === null || service === null || ageMs(bundle.createdAt, facts) <= service.maxAgeSeconds * 1000) return [];
  const message = `the last backup is older than the ${lengthOf(service.maxAgeSeconds)} allowed here; take a fresh one before you migrate`;
  return [finding(message, takeOne(facts))];
}

/** Nothing was restored for a week although it could have been: what is not tried does not work. */
export function findUnproven(facts: PostureFacts): Finding[] {
  const { bundle, service } = facts.parts.lastBackup;
  if (bundle === null || service === null || service.unprovenSince === null || isUnprovable(service)) return [];
  if (ageMs(service.unprovenSince, facts) <= UNPROVEN_DAYS * DAY_MS) return [];
  const why = service.proveError === null ? '' : `: ${service.proveError.message}`;
  return [finding(`no backup was proven by a restore for more than ${UNPROVEN_DAYS} days${why}`, prove(bundle, facts))];
}

/** Proving needs a place to restore to, which nobody has given. */
export function findUnprovable({ parts: { lastBackup } }: PostureFacts): Finding[] {
  const { bundle, service } = lastBackup;
  if (bundle === null || service === null || !isUnprovable(service)) return [];
  return [finding(`backups cannot be proven here: ${service.proveError?.message}`, '')];
}

function isUnprovable({ proveError }: BackupFacts): boolean {
  return proveError?.code === 'prove_not_configured';
}

/** Normal after an upgrade, whose backup is taken before it: restored, it brings back the release from before. */
export function findBeforeMigration(facts: PostureFacts): Finding[] {
  const { bundle, migratedSince } = facts.parts.lastBackup;
  if (bundle === null || migratedSince.length === 0) return [];
  const steps = migratedSince.map(
    ({ database, bundleVersion, current }) => `${database} from ${bundleVersion} to ${current}`,
  );
  const message = `migrated since the last backup: ${steps.join(', ')}; restored, it brings back ${bundle.appVersion}`;
  return [finding(message, takeOne(facts))];
}

/** Encrypted bundles are worth what the private key is worth, which the server does not have. */
export function findUnprovenKeys(facts: PostureFacts): Finding[] {
  const keys = facts.parts.lastBackup.service?.keys ?? [];
  const silent = keys.filter((proof) => isKeyProofDue(proof, facts.now.getTime()));
  return silent.map(({ recipient, provenAt }) => {
    const since = provenAt === null ? 'yet' : `for more than ${keyProofDays} days`;
    return finding(
      `nobody has shown ${since} to hold the private key of ${shorten(recipient)}; Admin > Backups asks for it`,
      '',
    );
  });
}

function finding(message: string, remedy: string): Finding {
  return { part: 'backup', message, remedy };
}

function takeOne({ migratorCommand }: PostureFacts): string {
  return commandForDeployment('plimsoll backup take', migratorCommand);
}

function prove({ id }: BundleSummary, { migratorCommand }: PostureFacts): string {
  return commandForDeployment(`plimsoll backup verify ${id} --prove`, migratorCommand);
}

function ageMs(at: string, { now }: PostureFacts): number {
  return now.getTime() - Date.parse(at);
}

/** `2026-11-22 at 17:00 UTC`. */
function minuteOf(at: string): string {
  return `${at.slice(0, 16).replace('T', ' at ')} UTC`;
}

function lengthOf(seconds: number): string {
  return `${Math.round(seconds / 3600)} hours`;
}

/** A recipient is 62 characters long; its beginning tells it from others. */
function shorten(recipient: string): string {
  return recipient.length <= 16 ? recipient : `${recipient.slice(0, 12)}…`;
}
