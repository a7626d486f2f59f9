import { expect, test } from 'vitest';
import { closedGateError } from './errors.ts';

test('a request for something switched off is told the code, both versions and the command', () => {
  const error = closedGateError({
    part: 'leases',
    code: 'schema_behind',
    database: 'jobs',
    current: 3,
    required: 5,
    message: 'jobs is at schema 3, this release needs 5',
    remedy: 'docker compose --profile migrate run --rm migrator',
    since: '2026-11-22T17:00:00.000Z',
  });
  expect(error).toMatchObject({
    code: 'schema_behind',
    httpStatus: 503,
    message: 'jobs is at schema 3, this release needs 5',
    hint: 'Run `docker compose --profile migrate run --rm migrator`.',
    details: { part: 'leases', database: 'jobs', current: 3, required: 5, since: '2026-11-22T17:00:00.000Z' },
  });
});
