import { readErrorTables } from './error-tables.ts';

/** docs/errors.md: one paragraph for each stable code, by folder. */
export async function errorsPage(): Promise<string> {
  const lines = [
    '# Error codes',
    '',
    'Every error carries one of these codes: in `code` of a problem document, in brackets on the terminal, in `error.code` of `--json`.',
    'Codes are stable: scripts may rely on them. The message says what was found and expected, the remedy what to type.',
    'This page is made from the sources by `node scripts/make-docs.ts`.',
  ];
  for (const { folder, table } of await readErrorTables()) {
    const codes = Object.entries(table);
    if (codes.length === 0) continue;
    lines.push('', `## ${folder}`);
    for (const [code, kind] of codes.sort(([left], [right]) => left.localeCompare(right)))
      lines.push('', `### ${code}`, '', `${kind.about} HTTP ${kind.httpStatus}, exit code ${kind.exitCode}.`);
  }
  return `${lines.join('\n')}\n`;
}
