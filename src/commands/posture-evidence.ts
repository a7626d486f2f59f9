import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf, parseMoment, systemClock } from '../base/index.ts';
import { evidenceError, evidenceFiles, makeEvidence, zip, type Evidence } from '../evidence/index.ts';
import { openDatabase } from '../postgres/index.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { commandError } from './errors.ts';
import { evidenceSettings, readKeySource } from './evidence-key.ts';
import { operatorOf } from './operator.ts';
import { openPosture } from './posture-inputs.ts';
import { markOf, writeJson } from './terminal.ts';

const usualSpanMs = 30 * 86_400_000;

/** `plimsoll posture evidence`: what an auditor takes away, as a signed JSON file and a page to read. */
export const command: Command = {
  summary: 'Write signed evidence of the state of this deployment and how it came about, with a page to read.',
  options: {
    output: {
      type: 'string',
      value: 'PATH',
      help: 'A folder, or a file that ends in .zip; default a folder named for now.',
    },
    since: { type: 'string', value: 'TIME', help: 'Where it begins, as in 2026-05-03; default 30 days ago.' },
    ...jsonOption,
  },
  settings: [...evidenceSettings],
  exitCodes: {
    0: 'written, signed, and every part was read',
    4: 'written, but not signed, or a part could not be read; both say so',
    1: 'could not be written',
  },
  run: async (context) => {
    const now = systemClock.now();
    const since = sinceOf(context, now);
    const output = resolve(
      context.cwd,
      textOption(context, 'output') ?? `evidence-${now.toISOString().replaceAll(/[:.]/g, '')}`,
    );
    const evidence = await make(context, since);
    await write(output, evidence, now);
    report(context, output, evidence);
    return evidence.keyId === null || evidence.pack.unknown.length > 0 ? 4 : 0;
  },
};

function sinceOf(context: CommandContext, now: Date): Date {
  const text = textOption(context, 'since');
  if (text === undefined) return new Date(now.getTime() - usualSpanMs);
  const moment = parseMoment(text);
  if (moment !== undefined && moment.first <= now) return moment.first;
  throw commandError('usage', {
    message: `--since is ${JSON.stringify(text)}, expected a date or time of the past such as 2026-05-03 or 2026-05-03T12:00`,
    hint: 'Run `plimsoll posture evidence --help` to see what it takes.',
  });
}

async function make(context: CommandContext, since: Date): Promise<Evidence> {
  const { posture, urls, manifest, definitions } = await openPosture(context);
  const config = openDatabase({
    name: 'config',
    url: urls.config,
    applicationName: 'plimsoll evidence',
    connectTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
    max: 4,
  });
  try {
    const { posture: now } = await posture.refresh();
    const sources = { config, urls, manifest, definitions, clock: systemClock, key: readKeySource(context) };
    return await makeEvidence(sources, { posture: now, since, who: operatorOf(context), how: 'command' });
  } finally {
    await Promise.all([config.close(), posture.stop()]);
  }
}

async function write(output: string, { envelope, page }: Evidence, now: Date): Promise<void> {
  const files = [
    { name: evidenceFiles.envelope, text: envelope },
    { name: evidenceFiles.page, text: page },
  ];
  try {
    await mkdir(output.endsWith('.zip') ? dirname(output) : output, { recursive: true });
    if (output.endsWith('.zip')) await writeFile(output, zip(files, now), { mode: 0o600 });
    else
      await Promise.all(
        files.map(async ({ name, text }) => await writeFile(join(output, name), text, { mode: 0o600 })),
      );
  } catch (error) {
    throw evidenceError('evidence_unwritable', {
      message: `${output} cannot be written: ${messageOf(error)}`,
      hint: 'Name a place that can be written with `plimsoll posture evidence --output PATH`.',
      cause: error,
    });
  }
}

function report({ stdout, options }: CommandContext, output: string, evidence: Evidence): void {
  const { keyId, unsignedBecause, pack } = evidence;
  if (options['json'] === true) {
    writeJson(stdout, { output, keyId, unsignedBecause, unknown: pack.unknown, madeAt: pack.madeAt, span: pack.span });
    return;
  }
  const lines = [
    `${markOf(stdout, 'good')} wrote ${output}`,
    keyId === null
      ? `${markOf(stdout, 'attention')} not signed: ${unsignedBecause}`
      : `${markOf(stdout, 'good')} signed by key ${keyId}`,
    ...pack.unknown.map(
      ({ part, error }) => `${markOf(stdout, 'attention')} ${part} could not be read: ${error.message}`,
    ),
  ];
  stdout.write(`${lines.join('\n')}\n`);
}
