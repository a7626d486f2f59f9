import { describe, expect, test } from 'vitest';
import { postures, type PostureName } from '../fixtures/postures.ts';
import { postureMarkdown } from './markdown.ts';

describe('the posture as Markdown', () => {
  test('opens with the verdict and names every reason with its command', () => {
    const text = postureMarkdown(postures.behind);
    expect(text).toContain('# Release: Stopped, the gate is closed: jobs is at schema 3');
    expect(text).toContain(
      '- **block** jobs: jobs is at schema 3, this release needs 5 → `docker compose --profile migrate run --rm migrator`',
    );
    expect(text).toContain(
      '| jobs | behind | 3 | 5 | pending 0004_add_lease_epoch; pending 0005_index_leases_by_expiry |',
    );
  });

  test('says unknown where a part could not be read, never none', () => {
    const text = postureMarkdown(postures.allDown);
    expect(text).toContain('| config | unknown | ? | 7 | timeout: no answer from config-db:5432 within 1 s |');
    expect(text).toContain('Unavailable: the backup service');
    expect(text).toContain('Unknown: the record could not be read.');
    expect(text).not.toContain('None has been');
  });

  test('tells queued jobs that have no eligible scanner, and who comes back outside', () => {
    expect(postureMarkdown(postures.nobodyToWork)).toContain(
      '8 scanners, 3 inside and 5 outside protocol 1 to 2, 2 of them not online and coming back outside. 12 queued jobs, none with an eligible scanner.',
    );
    expect(postureMarkdown(postures.unknown)).toContain('Queued jobs unknown: connection refused by jobs-db:5432');
  });

  test('says none where nothing has happened yet', () => {
    const text = postureMarkdown(postures.empty);
    expect(text).toContain('None has been taken.');
    expect(text).toContain('None has been recorded.');
    expect(text).toContain('None on record.');
  });

  test('keeps the cells of a table apart whatever a message holds', () => {
    const [database, ...rest] = postures.allOk.databases;
    const error = { code: 'odd', message: 'a | b\nc' };
    const odd = { ...postures.allOk, databases: [{ ...database, error }, ...rest] } as typeof postures.allOk;
    expect(postureMarkdown(odd)).toContain(String.raw`odd: a \| b c`);
  });

  test.each(Object.keys(postures) as PostureName[])('has no undefined or null in it: %s', (name) => {
    expect(postureMarkdown(postures[name])).not.toMatch(/undefined|null|NaN|\[object/);
  });
});
