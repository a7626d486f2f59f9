import { expect, test } from 'vitest';
import { runCommandLine } from '../../src/commands/run.ts';
import { openDatabase } from '../../src/postgres/index.ts';
import { createEnrolmentToken } from '../../src/fleet/index.ts';
import { createTestDatabases, scratchFolder, startChild, waitFor } from '../testkit/index.ts';
import { startOtlpReceiver, type ReceivedSpan } from '../testkit/otlp-receiver.ts';

interface LogLine {
  readonly traceId?: string;
  readonly requestId?: string;
  readonly route?: string;
}

const nowhere = { write: (): void => undefined };

test('one trace leads from a scanner through the manager to the statements in the database, and the migrator has its own', async () => {
  await using receiver = await startOtlpReceiver();
  await using databases = await createTestDatabases();
  await using folder = await scratchFolder();
  const tracing = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=kept%20quiet',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  };
  const urls = (role: 'owner' | 'app', prefix = '') =>
    Object.fromEntries(
      Object.entries(databases.urls(role)).map(([name, url]) => [
        `${prefix}${name.toUpperCase()}_DATABASE_URL`,
        url.reveal(),
      ]),
    );
  const environment = { ...tracing, ...urls('owner', 'MIGRATOR_'), ...urls('app'), DATA_DIR: folder.path };
  const line = { environment, stdout: nowhere, stderr: nowhere, cwd: process.cwd() };
  expect(await runCommandLine({ ...line, argv: ['migrator'] })).toBe(0);
  const migrations = receiver.spans.filter(({ name }) => name === 'migrate jobs');
  expect(migrations.map(({ attributes }) => attributes['plimsoll.migration'])).toContain('0003_create_leases');
  expect(new Set(migrations.map(({ service }) => service))).toEqual(new Set(['plimsoll-migrator']));

  const config = { name: 'config', url: databases.config.urls.app, applicationName: 'test' } as const;
  const direct = openDatabase({ ...config, connectTimeoutMs: 10_000, statementTimeoutMs: 10_000, max: 1 });
  const terms = { note: '', madeBy: 'test', validSeconds: 600, maxUses: 1 };
  const { text: token } = await createEnrolmentToken(direct, terms);
  await direct.close();
  const settings = { ...environment, PORT: '0', LOG_LEVEL: 'debug' };
  await using manager = startChild({ args: ['src/main.ts', 'manager'], environment: settings });
  const url = (await manager.line(/^Listening on /)).replace('Listening on ', '').trim();
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, { what: 'the gate to open', timeoutMs: 60_000 });
  await using scanner = startChild({
    args: ['src/main.ts', 'scanner', '--once'],
    environment: {
      ...tracing,
      SCANNER_MANAGER_URL: url,
      SCANNER_ENROLMENT_TOKEN: token.reveal(),
      SCANNER_STATE_DIR: `${folder.path}/scanner`,
      OTEL_SERVICE_NAME: 'my-scanner',
    },
  });
  expect(await scanner.exited, scanner.stderr()).toBe(0);
  expect(await manager.end('SIGTERM')).toBe(0);

  const called = only(
    receiver.spans,
    ({ service, name }) => service === 'my-scanner' && name === 'POST /scanner/v1/enrol',
  );
  const served = only(receiver.spans, ({ parentSpanId }) => parentSpanId === called.spanId);
  expect(served).toMatchObject({
    service: 'plimsoll-manager',
    name: 'POST /scanner/v1/enrol',
    traceId: called.traceId,
    attributes: { 'http.response.status_code': 201 },
  });
  const statements = receiver.spans.filter(({ parentSpanId }) => parentSpanId === served.spanId);
  expect(statements.map(({ attributes }) => attributes['db.namespace'])).toContain('config');
  expect(statements.map(({ attributes }) => String(attributes['db.query.text'])).join('\n')).toContain('$1');
  const logged = manager
    .stderr()
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text) as LogLine);
  expect(logged.find(({ route }) => route === '/scanner/v1/enrol')).toMatchObject({
    traceId: called.traceId,
    requestId: served.attributes['plimsoll.request_id'],
  });
  expect(receiver.spans.filter(({ name }) => /livez|readyz|metrics/.test(name))).toEqual([]);
  const sent = receiver.bodies.join('\n');
  for (const secret of [token, ...Object.values(databases.urls('app')), ...Object.values(databases.urls('owner'))])
    expect(sent).not.toContain(secret.reveal());
  expect(sent).toContain('"deployment.environment.name"');
  expect(new Set(receiver.headers.map((headers) => headers['api-key']))).toEqual(new Set(['kept quiet']));
});

function only(spans: readonly ReceivedSpan[], isMeant: (span: ReceivedSpan) => boolean): ReceivedSpan {
  const found = spans.filter(isMeant);
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new Error(
      `expected one span, found ${found.length} among ${JSON.stringify(spans.map(({ service, name }) => `${service} ${name}`))}`,
    );
  return one;
}

test('a receiver that is away, and one that is switched off, keep no command from its work', async () => {
  for (const environment of [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' },
  ])
    expect(
      await runCommandLine({
        argv: ['release', 'check'],
        environment,
        stdout: nowhere,
        stderr: nowhere,
        cwd: process.cwd(),
      }),
    ).toBe(0);
});

test('a sampler that does not exist is named', async () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_SAMPLER: 'some' };
  let said = '';
  const stderr = { write: (text: string) => void (said += text) };
  expect(
    await runCommandLine({ argv: ['release', 'check'], environment, stdout: nowhere, stderr, cwd: process.cwd() }),
  ).toBe(1);
  expect(said).toContain('OTEL_TRACES_SAMPLER must be one of always_on,');
});
