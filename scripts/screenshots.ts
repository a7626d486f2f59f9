import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launchBrowser } from '../test/testkit/browser.ts';
import { servePages } from '../test/testkit/page-server.ts';
import { accounts } from '../web/fixtures/accounts.ts';
import { audits } from '../web/fixtures/audits.ts';
import { backups } from '../web/fixtures/backups.ts';
import { databaseStates } from '../web/fixtures/databases.ts';
import { fleets } from '../web/fixtures/fleets.ts';
import { histories } from '../web/fixtures/histories.ts';
import { postures } from '../web/fixtures/postures.ts';
import { scanStates } from '../web/fixtures/scans.ts';
import { settingStates } from '../web/fixtures/settings.ts';
import { ensureWebBuilt } from './ensure-built.ts';

/**
 * Pictures of the Admin pages for people to look at.
 * `node scripts/screenshots.ts` makes the README's two; `… FOLDER [state…]` makes each state (`allOk`, `scanners-three`, `backups-full` …)
 * in both themes and four widths.
 */
const [folder, ...asked] = process.argv.slice(2);
await ensureWebBuilt();
await using server = await servePages({ posture: postures.allOk });
const browser = await launchBrowser();
try {
  if (folder === undefined) await takeReadmePictures();
  else await takeAll(folder, asked);
} finally {
  await browser.close();
}

/** A page in one state. */
interface Subject {
  readonly name: string;
  readonly path: string;
  /** A heading that is there once the page is. */
  readonly heading: string;
  readonly prepare: () => void;
}

function subjects(): Subject[] {
  const release = Object.entries(postures).map(([name, posture]) => ({
    name,
    path: '/admin/release',
    heading: 'Migration history',
    prepare: () => Object.assign(server.state, { posture }),
  }));
  const databases = Object.entries(databaseStates).map(([name, given]) => ({
    name: `databases-${name}`,
    path: '/admin/databases',
    heading: 'Thresholds',
    prepare: () => Object.assign(server.state, { databases: given }),
  }));
  const scanners = Object.entries(fleets).map(([name, fleet]) => ({
    name: `scanners-${name}`,
    path: '/admin/scanners',
    heading: 'Enrolment tokens',
    prepare: () => Object.assign(server.state, { fleet }),
  }));
  const [schedule] = scanStates.underWay.schedules.slice(1);
  const scans = Object.entries(scanStates).map(([name, state]) => ({
    name: `scans-${name}`,
    path: '/scans',
    heading: 'Scans',
    prepare: () => Object.assign(server.state, { scans: state }),
  }));
  const oneSchedule = {
    name: 'schedule',
    path: `/scans/schedules/${schedule?.id ?? ''}`,
    heading: 'Occurrences',
    prepare: () => Object.assign(server.state, { scans: scanStates.underWay }),
  };
  const history = Object.entries(histories).map(([name, given]) => ({
    name: `history-${name}`,
    path: '/admin/release',
    heading: 'History',
    prepare: () => Object.assign(server.state, { posture: postures.allOk, history: given }),
  }));
  const past = {
    name: 'past',
    path: '/admin/release?at=2026-05-03T12:00:00Z',
    heading: 'Migration history',
    prepare: () => Object.assign(server.state, { posture: postures.allOk }),
  };
  return [
    ...release,
    ...history,
    past,
    ...databases,
    ...scanners,
    ...scans,
    oneSchedule,
    ...backupSubjects(),
    ...adminSubjects(),
  ];
}

function adminSubjects(): Subject[] {
  const home = Object.entries(postures).map(([name, posture]) => ({
    name: `home-${name}`,
    path: '/',
    heading: 'Latest findings',
    prepare: () =>
      Object.assign(server.state, { posture, scans: name === 'empty' ? scanStates.none : scanStates.underWay }),
  }));
  const people = Object.entries(accounts).flatMap(([name, fixture]) =>
    ['users', 'tokens'].map((part) => ({
      name: `${part}-${name}`,
      path: `/admin/${part}`,
      heading: part === 'users' ? 'Users' : 'API tokens',
      prepare: () => Object.assign(server.state, { accounts: fixture }),
    })),
  );
  const audit = Object.entries(audits).map(([name, log]) => ({
    name: `audit-${name}`,
    path: '/admin/audit',
    heading: 'Events',
    prepare: () => Object.assign(server.state, { audit: log }),
  }));
  const settings = Object.entries(settingStates).map(([name, fixture]) => ({
    name: `settings-${name}`,
    path: '/admin/settings',
    heading: 'This manager',
    prepare: () => Object.assign(server.state, { settings: fixture }),
  }));
  const help = { name: 'help', path: '/help', heading: 'Help', prepare: () => undefined };
  return [...home, ...people, ...audit, ...settings, help];
}

function backupSubjects(): Subject[] {
  const states = Object.entries(backups).map(([name, fixture]) => ({
    name: `backups-${name}`,
    path: '/admin/backups',
    heading: 'unreachable' in fixture || 'notConfigured' in fixture ? 'Backup service' : 'Runs',
    prepare: () => Object.assign(server.state, { backups: fixture }),
  }));
  const bundles = ([backups.full, backups.damaged] as const).map((fixture, index) => ({
    name: `bundle-${index + 1}`,
    path: `/admin/backups?bundle=${fixture.bundles[0]?.id}`,
    heading: 'How to bring it back',
    prepare: () => Object.assign(server.state, { backups: fixture }),
  }));
  return [...states, ...bundles];
}

async function takeReadmePictures(): Promise<void> {
  const subject = subjects().find(({ name }) => name === 'bigFleet');
  if (subject === undefined) throw new Error('there is no fixture bigFleet');
  const assets = path.resolve(import.meta.dirname, '../docs/assets');
  await mkdir(assets, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await take(subject, { file: path.join(assets, `release-${theme}.png`), theme, width: 1280, height: 1180 });
  }
}

async function takeAll(into: string, names: readonly string[]): Promise<void> {
  await mkdir(into, { recursive: true });
  const wanted = subjects().filter(({ name }) => names.length === 0 || names.includes(name));
  for (const subject of wanted) {
    for (const width of [320, 768, 1440, 2560]) {
      for (const theme of ['light', 'dark'] as const) {
        const file = path.join(into, `${subject.name}-${theme}-${width}.png`);
        await take(subject, { file, theme, width, height: null });
      }
    }
  }
}

interface Picture {
  readonly file: string;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  /** Null: the whole page, however long. */
  readonly height: number | null;
}

async function take(subject: Subject, { file, theme, width, height }: Picture): Promise<void> {
  const viewport = { width, height: height ?? 900 };
  const page = await browser.newPage({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
  subject.prepare();
  await page.goto(`${server.url}${subject.path}`);
  await page.getByRole('heading', { name: subject.heading }).first().waitFor();
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
  await page.screenshot({ path: file, fullPage: height === null });
  await page.close();
}
