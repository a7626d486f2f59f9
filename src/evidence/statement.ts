import { createHash } from 'node:crypto';
import { z } from 'zod';
import { evidenceFiles } from './names.ts';
import { evidencePackSchema, type EvidencePack } from './pack.ts';

const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'https://plimsoll.dev/evidence/v1';

const subjectSchema = z.strictObject({ name: z.string(), digest: z.record(z.string(), z.string()) });

const statementSchema = z.strictObject({
  _type: z.literal(statementType),
  subject: z.array(subjectSchema),
  predicateType: z.literal(predicateType),
  predicate: evidencePackSchema,
});

/** What is signed of one pack. */
export interface Statement {
  readonly pack: EvidencePack;
  /** SHA-256 of the readable page that was made with it; undefined: it names none. */
  readonly pageSha256: string | undefined;
}

/** An in-toto statement (v1) about the page, the manifest, the migration files and the commit; the pack is its predicate. */
export function writeStatement(pack: EvidencePack, page: string): string {
  const { manifest, image, migrationFiles } = pack.digests;
  const commit = /^[0-9a-f]{40}$/.test(image.commit) ? [{ name: 'image', digest: { gitCommit: image.commit } }] : [];
  const subject = [
    { name: evidenceFiles.page, digest: { sha256: sha256Of(page) } },
    { name: 'manifest', digest: { sha256: manifest.sha256 } },
    ...migrationFiles.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    ...commit,
  ];
  return JSON.stringify({ _type: statementType, subject, predicateType, predicate: pack });
}

/** Reads a statement back; undefined when it is none of ours, or of a release that writes another form. */
export function readStatement(text: string): Statement | undefined {
  try {
    const { subject, predicate } = statementSchema.parse(JSON.parse(text));
    const pageSha256 = subject.find(({ name }) => name === evidenceFiles.page)?.digest['sha256'];
    return { pack: predicate, pageSha256 };
  } catch {
    return undefined;
  }
}

/** Lower-case hex SHA-256 of a text or of bytes. */
export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
