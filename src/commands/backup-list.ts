import { listDirectly } from '../backups/index.ts';
import { silentLog, systemClock } from '../base/index.ts';
import type { BundleEntry, BundleList } from '../contract/index.ts';
import { readBackupPlaces } from './backup-inputs.ts';
import { renderBytes } from './backup-progress.ts';
import { askService, chooseService, directOption, withBackupExits } from './backup-runs.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';
import { alignColumns, markOf, paint, writeJson, type Tone } from './terminal.ts';
import { renderTime } from './times.ts';

/** `plimsoll backup list`: lists the bundles. */
export const command: Command = {
  summary: 'List the bundles, newest first, with what is known of each.',
  options: { ...directOption, ...jsonOption },
  settings: ['BACKUP_SERVICE_URL', 'BACKUP_SERVICE_TOKEN', 'BACKUP_DIR', 'DATA_DIR', 'BACKUP_S3_URL'],
  exitCodes: { 0: 'listed', 1: 'could not be read' },
  run: async (context) => await withBackupExits(async () => await listAll(context)),
};

async function listAll(context: CommandContext): Promise<number> {
  const service = await chooseService(context);
  const list =
    service === undefined
      ? await listDirectly(readBackupPlaces(context, silentLog))
      : await askService(service, async (client) => await client.list());
  if (context.options['json'] === true) writeJson(context.stdout, list);
  else context.stdout.write(render(context, list));
  return 0;
}

const tones: Readonly<Record<BundleEntry['state'], Tone>> = {
  proven: 'good',
  verified: 'good',
  completed: 'quiet',
  damaged: 'bad',
};

function render({ stdout }: CommandContext, { bundles, broken }: BundleList): string {
  const rows = alignColumns([
    ['BUNDLE', 'TAKEN', 'SIZE', 'STATE', 'VERIFIED', 'PROVEN', 'ON', 'PIN'],
    ...bundles.map(cellsOf),
  ]);
  const [head = '', ...lines] = rows;
  const marks = bundles.map(({ state }) => markOf(stdout, tones[state]));
  const strange = broken.map(
    ({ name, target, error }) => `${markOf(stdout, 'attention')} ${name} on ${target} is no bundle: ${error.message}`,
  );
  if (bundles.length === 0)
    return `${['No bundle yet. Take one with `plimsoll backup take`.', ...strange].join('\n')}\n`;
  const listed = lines.map((line, index) => `${marks[index] ?? ''} ${line}`.trimEnd());
  return `${[`  ${paint(stdout, 'quiet', head)}`, ...listed, ...strange].join('\n')}\n`;
}

function cellsOf(bundle: BundleEntry): string[] {
  const { id, createdAt, bytes, state, verifiedAt, provenAt, copies, pin } = bundle;
  const where = copies
    .filter((copy) => copy.state !== 'missing')
    .map((copy) => (copy.state === 'whole' ? copy.target : `${copy.target} (unreadable)`));
  return [
    id,
    ageOf(createdAt),
    renderBytes(bytes),
    state,
    renderTime(dateOf(verifiedAt)),
    renderTime(dateOf(provenAt)),
    where.join(', '),
    pin === null ? '' : pin.note || `by ${pin.by}`,
  ];
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

function ageOf(instant: string): string {
  const minutes = Math.max(0, Math.floor((systemClock.now().getTime() - Date.parse(instant)) / 60_000));
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}
