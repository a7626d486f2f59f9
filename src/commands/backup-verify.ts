import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  listDirectly,
  placeOfFolder,
  proveCopy,
  recordDirectRun,
  requirePassed,
  verifyCopies,
  type CopiesRequest,
  type Place,
  type VerifyLock,
} from '../backups/index.ts';
import { createBackupClient, type BackupServiceAddress } from '../backups/client/index.ts';
import { silentLog, systemClock } from '../base/index.ts';
import type { BundleEntry, Verification, VerificationMethod } from '../contract/index.ts';
import { findBackupEngines, readBackupPlaces, readProveUrl } from './backup-inputs.ts';
import { BackupProgress } from './backup-progress.ts';
import { askService, chooseService, directOption, followRun, withBackupExits } from './backup-runs.ts';
import { resolveDatabaseUrls } from './database-urls.ts';
import { jsonOption, positional, textOption, type Command, type CommandContext } from './command.ts';
import { commandError } from './errors.ts';
import { operatorOf } from './operator.ts';
import { markOf, writeJson } from './terminal.ts';
import { readUnseal } from './unseal-option.ts';

/** `plimsoll backup verify`: holds a bundle against its checksums, or proves it by a restore. */
export const command: Command = {
  summary: 'Verify a bundle by its checksums, or prove it by a restore into scratch databases.',
  usage: 'plimsoll backup verify BUNDLE|latest|FOLDER [options]',
  options: {
    prove: { type: 'boolean', help: 'Restore it into scratch databases and compare what is in them.' },
    identity: {
      type: 'string',
      value: 'FILE',
      help: 'Private key (age) of an encrypted bundle, to prove it; implies --direct.',
    },
    ...directOption,
    ...jsonOption,
  },
  positionals: ['bundle'],
  settings: [
    'BACKUP_SERVICE_URL',
    'BACKUP_SERVICE_TOKEN',
    'BACKUP_DIR',
    'DATA_DIR',
    'BACKUP_S3_URL',
    'BACKUP_PROVE_DATABASE_URL',
    'PG_BIN',
  ],
  exitCodes: { 0: 'it passed', 1: 'it could not be checked', 3: 'it is damaged, or there is no such bundle' },
  run: async (context) => await withBackupExits(async () => await verifyOne(context)),
};

async function verifyOne(context: CommandContext): Promise<number> {
  const method: VerificationMethod = context.options['prove'] === true ? 'restore' : 'checksums';
  const folder = await folderOf(context);
  const service =
    folder === undefined && textOption(context, 'identity') === undefined ? await chooseService(context) : undefined;
  const verifications =
    service === undefined
      ? await verifyDirectly(context, folder, method)
      : await verifyByService(context, service, method);
  if (context.options['json'] === true) {
    writeJson(context.stdout, { method, verifications });
    return exitCodeOf(verifications);
  }
  for (const line of verifications) context.stdout.write(`${lineOf(context, line)}\n`);
  requirePassed(verifications, method);
  return 0;
}

/** The same as that of the error by which text ends. */
function exitCodeOf(verifications: readonly Verification[]): number {
  if (verifications.some(({ result }) => result === 'failed')) return 3;
  return verifications.every(({ result }) => result === 'passed') ? 0 : 1;
}

/** What is meant when a folder of this name is there, or the text can only be a path. */
async function folderOf(context: CommandContext): Promise<string | undefined> {
  const given = positional(context);
  if (!given.includes('/')) return undefined;
  const path = resolve(context.cwd, given);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return path;
  throw commandError('usage', {
    message: `${path} is not a folder`,
    hint: 'Give the id of a bundle, `latest`, or the folder of one that was unpacked.',
  });
}

async function verifyByService(
  context: CommandContext,
  address: BackupServiceAddress,
  method: VerificationMethod,
): Promise<readonly Verification[]> {
  const client = createBackupClient(address);
  const id = await askService(address, async () => choose(context, (await client.list()).bundles));
  const begun = await client.verify(id, { by: operatorOf(context), method });
  let failure: unknown;
  await followRun(client, begun, { context, isOurs: true }).catch((error: unknown) => (failure = error));
  const { verifications } = await client.bundle(id);
  const own = verifications.filter((line) => line.method === method && line.at >= begun.startedAt);
  if (failure !== undefined && own.length === 0) throw failure;
  return own;
}

async function verifyDirectly(
  context: CommandContext,
  folder: string | undefined,
  method: VerificationMethod,
): Promise<readonly Verification[]> {
  const chosen = folder === undefined ? await chooseDirectly(context) : { ...placeOfFolder(folder), lock: undefined };
  const { places, id, lock } = chosen;
  const progress = new BackupProgress(context.stderr);
  const cancel = new AbortController();
  const interrupt = (): void => cancel.abort(new Error('cancelled'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const state = { phase: '', databases: [], doneBytes: 0, estimatedBytes: 0 };
  const observer = {
    phase: (phase: string) => progress.show(Object.assign(state, { phase })),
    bytes: (doneBytes: number, estimatedBytes: number) =>
      progress.show(Object.assign(state, { doneBytes, estimatedBytes })),
  };
  const by = operatorOf(context);
  const request = { places, id, by, clock: systemClock, observer, signal: cancel.signal };
  const verify = async (
    more: Pick<typeof request & CopiesRequest, 'lock' | 'onBegun'>,
  ): Promise<readonly Verification[]> => {
    if (method === 'checksums') return await verifyCopies({ ...request, ...more });
    return await proveCopy({
      ...request,
      ...more,
      findEngines: async () => await findBackupEngines(context),
      proveUrl: await readProveUrl(context),
      unseal: await readUnseal(context),
    });
  };
  try {
    // A bundle that lies by itself is nobody else's business.
    if (lock === undefined) return await verify({});
    const kind = method === 'restore' ? 'prove' : 'verify';
    const run = { kind, by, bundleId: id, folder: lock.folder, clock: systemClock, log: silentLog } as const;
    const judge = (found: readonly Verification[]): void => requirePassed(found, method);
    return await recordDirectRun(
      { ...run, judge, signal: cancel.signal },
      async (record) => await verify({ lock, onBegun: async () => await record.begun() }),
    );
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    progress.clear();
  }
}

async function chooseDirectly(
  context: CommandContext,
): Promise<{ places: readonly Place[]; id: string; lock: VerifyLock }> {
  const places = readBackupPlaces(context, silentLog);
  const given = positional(context);
  const id = given === 'latest' ? choose(context, (await listDirectly(places)).bundles) : given;
  const lock: VerifyLock = {
    folder: places.home.target.location,
    configUrl: await resolveDatabaseUrls(context, 'readonly').then(
      ({ config }) => config,
      // A bundle is verified also where there are no databases; whoever shares the folder is kept away all the same.
      () => undefined,
    ),
    onUnlocked: ({ message }) => void context.stderr.write(`plimsoll: not kept from others meanwhile: ${message}\n`),
  };
  return { places: [places.home, ...places.others], id, lock };
}

function choose(context: CommandContext, bundles: readonly BundleEntry[]): string {
  const given = positional(context);
  if (given !== 'latest') return given;
  const [newest] = bundles;
  if (newest !== undefined) return newest.id;
  throw commandError('no_bundle', {
    message: 'there is no bundle yet, so there is no latest one',
    hint: 'Take one with `plimsoll backup take`.',
  });
}

function lineOf({ stdout }: CommandContext, { bundleId, target, result, message }: Verification): string {
  const mark = markOf(stdout, result === 'passed' ? 'good' : result === 'failed' ? 'bad' : 'attention');
  return `${mark} ${bundleId} on ${target}: ${message}`;
}
