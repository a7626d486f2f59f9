import type { ReleasePosture } from '../../src/contract/index.ts';
import { CopyButton } from '../parts/Copy.tsx';
import { Icon } from '../parts/Icon.tsx';
import { postureMarkdown } from './markdown.ts';

/** Taking the posture along: as Markdown on the clipboard, as JSON in a file. */
export function ReleaseActions({ posture }: { readonly posture: ReleasePosture }) {
  return (
    <>
      <CopyButton text={() => postureMarkdown(posture)} label="Copy as Markdown" />
      <button type="button" className="button" onClick={() => download(posture)}>
        <Icon name="download" />
        Download JSON
      </button>
      <a
        className="button"
        href="/api/admin/release/evidence"
        download
        title="Signed: this page, preflight, migrations and history of the last 30 days"
      >
        <Icon name="download" />
        Evidence
      </a>
    </>
  );
}

function download(posture: ReleasePosture): void {
  const blob = new Blob([`${JSON.stringify(posture, null, 2)}\n`], { type: 'application/json' });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = `release-${posture.generatedAt.replaceAll(':', '')}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
