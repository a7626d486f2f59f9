import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KubernetesObject } from './helm.ts';

const run = promisify(execFile);

/** What is wrong with one of the objects: its number, and the compiler's sentence. */
export interface TypeFault {
  readonly object: number;
  readonly message: string;
}

/**
 * Holds objects against the types of Kubernetes and of the Prometheus operator, which are made from their published schemas. The
 * validators that come with those types let a field pass that nobody knows, as the schemas do; the compiler does not.
 */
export async function typeFaults(objects: readonly KubernetesObject[]): Promise<readonly TypeFault[]> {
  await mkdir('node_modules/.cache', { recursive: true });
  // Where the packages are found from.
  const folder = await mkdtemp('node_modules/.cache/plimsoll-kubernetes-');
  try {
    await writeFile(join(folder, 'objects.ts'), objects.map(statementOf).join(''));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['objects.ts'] }));
    const output = await run('node_modules/.bin/tsc', ['-p', folder, '--pretty', 'false']).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string }) => error.stdout ?? '',
    );
    return output.split('\n').flatMap(faultIn);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Holds the values to their formats, such as `64Mi`, which no type tells; throws what is wrong with the first. */
export async function requireFormats(objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    const models = (await import(sourceOf(object))) as Readonly<
      Record<string, new (plain: unknown) => { validate(): void }>
    >;
    const Model = models[object.kind];
    if (Model === undefined) throw new Error(`there is no ${object.kind} in ${object.apiVersion}`);
    new Model(object).validate();
  }
}

function sourceOf({ apiVersion }: KubernetesObject): string {
  const isOperators = apiVersion.startsWith('monitoring.coreos.com/');
  return `${isOperators ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models'}/${apiVersion}`;
}

const compilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  target: 'es2022',
  module: 'preserve',
  types: [],
};

/** One line an object, so that the line of a complaint is the number of its object. */
function statementOf(object: KubernetesObject, index: number): string {
  const type = `import(${JSON.stringify(sourceOf(object))}).I${object.kind}`;
  return `export const object${index} = ${JSON.stringify(object)} satisfies ${type};\n`;
}

function faultIn(line: string): TypeFault[] {
  const [, at, message] = /^\S*objects\.ts\((\d+),\d+\): error (TS\d+: .*)$/.exec(line) ?? [];
  if (at === undefined || message === undefined) return line.startsWith('error') ? [{ object: -1, message: line }] : [];
  return [{ object: Number(at) - 1, message }];
}
