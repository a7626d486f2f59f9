import { expect, test } from 'vitest';
import type { Environment } from '../settings/index.ts';
import { registry } from './registry.ts';
import { runCommandLine } from './run.ts';

async function run(argv: readonly string[], environment: Environment = {}) {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await runCommandLine({
    argv,
    environment,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    cwd: '/nowhere',
  });
  return { code, ...written };
}

test('no words at all show every command and every setting on stdout', async () => {
  const { code, stdout, stderr } = await run([]);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  for (const name of Object.keys(registry)) expect(stdout).toContain(`plimsoll ${name}`);
  expect(stdout).toContain('CONFIG_DATABASE_URL');
});

// Each loads what its command is made of, which a busy machine takes its time for.
test.each(Object.keys(registry))('`plimsoll %s --help` explains itself', { timeout: 60_000 }, async (name) => {
  const { code, stdout } = await run([...name.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: plimsoll ${name}`);
  expect(stdout).toContain('--help');
});

test.each([
  ['migrator preflight record', ['migrator', 'preflight', 'record', '--help']],
  ['migrator preflight record', ['preflight', 'record', '--help']],
  ['migrator preflight', ['preflight', '--help']],
  ['migrator migrate', ['migrator', '--help']],
])('%s is what these words mean: %j', { timeout: 60_000 }, async (name, words) => {
  expect((await run(words)).stdout).toContain(`Usage: plimsoll ${name} `);
});

test('an unknown command is named, with what to type', async () => {
  expect(await run(['migrate'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'plimsoll: there is no command "migrate" [usage]\n  → Run `npx plimsoll --help` to see them all.\n',
  });
});

test('an unknown word under a known one is refused, not taken for an argument', async () => {
  const { code, stderr } = await run(['migrator', 'statuss']);
  expect(code).toBe(1);
  expect(stderr).toContain('there is no command "migrator statuss"');
});

test('an unknown option is refused', async () => {
  const { code, stderr } = await run(['migrator', 'status', '--jsn']);
  expect(code).toBe(1);
  expect(stderr).toContain("Unknown option '--jsn'");
});

test('with --json an error is JSON on stdout too', async () => {
  const { code, stdout, stderr } = await run(['migrator', 'status', '--json'], {
    PORT: 'x',
    CONFIG_DATABASE_URL: 'nonsense',
  });
  expect(code).toBe(1);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'settings_invalid' } });
});
