import type { ReleasePosture, VerdictStatus } from '../contract/index.ts';
import { html, table, type Html } from './html.ts';
import type { EvidencePack } from './pack.ts';
import { renderHistory, renderLedgers, renderRuns } from './page-records.ts';
import { pageStyle } from './page-style.ts';
import { evidenceFiles } from './names.ts';

/** Who vouches for the page, or why nobody does. */
export interface Voucher {
  readonly keyId: string | null;
  readonly unsignedBecause: string | null;
}

/** The pack as one HTML file that needs nothing else. Pure: the same pack gives the same bytes. */
export function renderPage(pack: EvidencePack, voucher: Voucher): string {
  const { app } = pack.after;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="referrer" content="no-referrer" />
        <title>Evidence of ${time(pack.madeAt)} · Plimsoll ${app.version}</title>
        <style>
          ${{ markup: pageStyle }}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>Evidence: Plimsoll ${app.version}</h1>
            <p>${pack.after.verdict.headline}</p>
            <p>From ${time(pack.span.since)} to ${time(pack.span.until)}</p>
          </header>
          ${signature(voucher)} ${unknowns(pack)} ${making(pack)} ${comparison(pack)} ${wayBack(pack.after)}
          ${fleet(pack.after)} ${renderRuns(pack)} ${renderHistory(pack)} ${renderLedgers(pack)} ${digests(pack)}
        </main>
      </body>
    </html> `;
  return page.markup;
}

/** `2026-05-03 12:00:00 UTC`. */
function time(instant: string | null): string {
  return instant === null ? 'never' : `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}

function signature({ keyId, unsignedBecause }: Voucher): Html {
  if (keyId === null)
    return html`<section class="notice bad">
      <h2>Not signed</h2>
      <p>Anybody may have written or changed this. No key could be used: ${unsignedBecause ?? 'none was found'}.</p>
    </section>`;
  return html`<section class="notice note">
    <h2>Verify before you rely on this</h2>
    <p>
      This page is named by its SHA-256 in <code>${evidenceFiles.envelope}</code>, which key
      <code class="digest">${keyId}</code> signed. It is worth what this command says:
    </p>
    <p><code>plimsoll posture evidence verify ${evidenceFiles.envelope} --key PUBLIC-KEY.pem</code></p>
  </section>`;
}

function unknowns({ unknown }: EvidencePack): Html {
  if (unknown.length === 0)
    return html`<section class="notice good">
      <h2>Everything was read</h2>
      <p>No part of this evidence had to be left out.</p>
    </section>`;
  const items = unknown.map(
    ({ part, error }) => html`<li><strong>${part}</strong>: ${error.message} <code>${error.code}</code></li>`,
  );
  return html`<section class="notice dim">
    <h2>What could not be read</h2>
    <p>Of these parts nothing is known, neither good nor bad.</p>
    <ul>
      ${items}
    </ul>
  </section>`;
}

function making({ madeAt, madeBy, deploymentId, after }: EvidencePack): Html {
  return html`<section>
    <h2>Who made it, and of what</h2>
    <dl>
      <dt>Made</dt>
      <dd>
        ${time(madeAt)} by <strong>${madeBy.who}</strong>,
        ${madeBy.how === 'page' ? 'from Admin > Release' : 'in a terminal'}, on ${madeBy.host}
      </dd>
      <dt>Deployment</dt>
      <dd><code>${deploymentId ?? 'unknown'}</code></dd>
      <dt>Release</dt>
      <dd>${after.app.version}, image <code>${after.app.imageSha}</code></dd>
    </dl>
  </section>`;
}

const tones: Readonly<Record<VerdictStatus, string>> = {
  ok: 'good',
  ready: 'good',
  attention: 'warn',
  stopped: 'bad',
  unknown: 'dim',
};

function comparison({ before, beforeRecordedAt, after, span }: EvidencePack): Html {
  const first =
    before === null
      ? html`<p class="quiet">Nothing that this release can show had been recorded by ${time(span.since)}.</p>`
      : html`<p class="quiet">As recorded ${time(beforeRecordedAt)}</p>
          ${posture(before)}`;
  return html`<section>
    <h2>Before and after</h2>
    <div class="pair">
      <div>
        <h3>At the beginning, ${time(span.since)}</h3>
        ${first}
      </div>
      <div>
        <h3>At the end, ${time(span.until)}</h3>
        <p class="quiet">As read then</p>
        ${posture(after)}
      </div>
    </div>
  </section>`;
}

function posture({ verdict, app, gate, databases }: ReleasePosture): Html {
  const reasons = verdict.reasons.map(({ message }) => html`<li>${message}</li>`);
  return html`<p><span class="tag ${tones[verdict.status]}">${verdict.status}</span> ${verdict.headline}</p>
    ${
      reasons.length === 0
        ? null
        : html`<ul>
            ${reasons}
          </ul>`
    }
    <dl>
      <dt>Release</dt>
      <dd>${app.version} <code>${app.imageSha}</code></dd>
      <dt>Gate</dt>
      <dd>${gate.open ? 'open' : 'closed'}</dd>
      ${databases.map(
        ({ name, status, current, required, problems }) =>
          html`<dt>${name}</dt>
            <dd>
              schema ${current ?? '?'} of ${required},
              ${status}${problems.length === 0 ? '' : `; ${problems.map(({ code }) => code).join(', ')}`}
            </dd>`,
      )}
    </dl>`;
}

function wayBack({ lastBackup }: ReleasePosture): Html {
  const { bundle, error, waysBack } = lastBackup;
  if (bundle === null)
    return html`<section>
      <h2>Last backup</h2>
      <p>${error === null ? 'There is none.' : `Not known: ${error.message}.`}</p>
    </section>`;
  const versions = Object.entries(bundle.schemaVersions).map(([name, version]) => `${name} ${version}`);
  return html`<section>
    <h2>Last backup</h2>
    <dl>
      <dt>Bundle</dt>
      <dd><code>${bundle.id}</code></dd>
      <dt>State</dt>
      <dd>${bundle.state}${bundle.provenAt === null ? '' : ` (restored and compared ${time(bundle.provenAt)})`}</dd>
      <dt>Taken</dt>
      <dd>${time(bundle.createdAt)} by ${bundle.appVersion} <code>${bundle.imageSha}</code></dd>
      <dt>Schema versions</dt>
      <dd>${versions.join(', ')}</dd>
      <dt>Ways back</dt>
      <dd>
        ${waysBack.length === 0 ? 'none' : waysBack.map((way) => `${way.appVersion} by ${way.bundleId} (${way.state})`).join('; ')}
      </dd>
    </dl>
  </section>`;
}

function fleet({ scanners }: ReleasePosture): Html {
  const { status, error, window, total, inWindow, outsideWindow, groups } = scanners;
  if (status === 'unknown')
    return html`<section>
      <h2>Scanner fleet</h2>
      <p>Not known: ${error?.message ?? 'no reason was given'}.</p>
    </section>`;
  const rows = groups.map(
    (group) =>
      html`<tr>
        <td>${group.binaryVersion}</td>
        <td>${group.protocolVersion}</td>
        <td>${group.count}</td>
        <td>${group.online}</td>
        <td>${group.inWindow ? 'inside' : 'outside'}</td>
      </tr>`,
  );
  return html`<section>
    <h2>Scanner fleet</h2>
    <p>
      ${total} registered: ${inWindow} inside the protocol window ${window.min} to ${window.max}, ${outsideWindow}
      outside.
    </p>
    ${rows.length === 0 ? null : table(['Binary', 'Protocol', 'Scanners', 'Online', 'Window'], rows)}
  </section>`;
}

function digests({ digests: { manifest, image, migrationFiles } }: EvidencePack): Html {
  const files = migrationFiles.map(
    ({ path, sha256 }) =>
      html`<tr>
        <td><code>${path}</code></td>
        <td><code class="digest">${sha256}</code></td>
      </tr>`,
  );
  return html`<section>
    <h2>Digests</h2>
    <dl>
      <dt>Manifest</dt>
      <dd>${manifest.content.appVersion}, SHA-256 <code class="digest">${manifest.sha256}</code></dd>
      <dt>Image</dt>
      <dd>commit <code class="digest">${image.commit}</code></dd>
    </dl>
    <h3>Migration files of this release</h3>
    ${table(['File', 'SHA-256'], files)}
  </section>`;
}
