import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launchBrowser } from '../test/testkit/browser.ts';
import { servePages } from '../test/testkit/page-server.ts';
import { postures, type PostureName } from '../web/fixtures/postures.ts';
import { ensureWebBuilt } from './ensure-built.ts';

/**
 * Pictures of Admin > Release for people to look at.
 * `node scripts/screenshots.ts` makes the README's two; `… FOLDER [state…]` makes each state in both themes and four widths.
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

async function takeReadmePictures(): Promise<void> {
  server.state.posture = postures.bigFleet;
  const assets = path.resolve(import.meta.dirname, '../docs/assets');
  await mkdir(assets, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await take({ file: path.join(assets, `release-${theme}.png`), theme, width: 1280, height: 1180 });
  }
}

async function takeAll(into: string, names: readonly string[]): Promise<void> {
  await mkdir(into, { recursive: true });
  const wanted = (Object.keys(postures) as PostureName[]).filter((name) => names.length === 0 || names.includes(name));
  for (const name of wanted) {
    server.state.posture = postures[name];
    for (const width of [320, 768, 1440, 2560]) {
      for (const theme of ['light', 'dark'] as const) {
        await take({ file: path.join(into, `${name}-${theme}-${width}.png`), theme, width, height: null });
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

async function take({ file, theme, width, height }: Picture): Promise<void> {
  const viewport = { width, height: height ?? 900 };
  const page = await browser.newPage({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
  await page.goto(`${server.url}/admin/release`);
  await page.getByRole('heading', { name: 'Migration history' }).waitFor();
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
  await page.screenshot({ path: file, fullPage: height === null });
  await page.close();
}
