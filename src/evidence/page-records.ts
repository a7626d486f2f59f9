import type { HistoryItem } from '../contract/index.ts';
import { html, table, type Html } from './html.ts';
import type { EvidencePack } from './pack.ts';

type Run = NonNullable<EvidencePack['preflights']>[number];

/** Preflight and rehearsals, the newest preflight check by check. */
export function renderRuns({ preflights, rehearsals }: EvidencePack): Html {
  return html`<section>
    <h2>Preflight and rehearsal</h2>
    ${runs('preflight', preflights)}${newest(preflights)}
    <h3>Rehearsals</h3>
    ${runs('rehearsal', rehearsals)}
  </section>`;
}

function runs(what: string, list: readonly Run[] | null): Html {
  if (list === null) return html`<p>The record of ${what} could not be read.</p>`;
  if (list.length === 0) return html`<p class="quiet">No ${what} is on record.</p>`;
  const rows = list.map(
    (run) =>
      html`<tr>
        <td>${cell(run, 'ran_at').slice(0, 19).replace('T', ' ')}</td>
        <td>${cell(run, 'target_version')}</td>
        <td>${cell(run, 'status')}</td>
        <td>${cell(run, 'who')} on ${cell(run, 'host')}</td>
        <td><code class="digest">${cell(run, `${what === 'preflight' ? 'run' : 'rehearsal'}_id`)}</code></td>
      </tr>`,
  );
  return table(['When (UTC)', 'Judged release', 'Outcome', 'Who', 'Record'], rows);
}

/** Rows are kept as they were recorded, by whatever release; what is not there is a dash. */
function cell(run: Readonly<Record<string, unknown>>, name: string): string {
  const value = run[name];
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '–';
}

const outcomes: Readonly<Record<string, string>> = {
  pass: 'good',
  warn: 'warn',
  fail: 'bad',
  passed: 'good',
  failed: 'bad',
};

function newest(list: readonly Run[] | null): Html | null {
  const result: unknown = list?.[0]?.['result'];
  const listed: unknown = isRecord(result) ? result['checks'] : undefined;
  const checks = Array.isArray(listed) ? (listed as readonly unknown[]).filter(isRecord) : [];
  if (checks.length === 0) return null;
  const rows = checks.map(
    (check) =>
      html`<tr>
        <td><span class="tag ${outcomes[cell(check, 'status')] ?? 'dim'}">${cell(check, 'status')}</span></td>
        <td>${cell(check, 'title')}<br /><code class="quiet">${cell(check, 'code')}</code></td>
        <td>${cell(check, 'message')}</td>
      </tr>`,
  );
  return html`<h3>Checks of the newest preflight</h3>
    ${table(['Outcome', 'Check', 'What was found'], rows)}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How the posture changed in the span, newest first. */
export function renderHistory({ history }: EvidencePack): Html {
  if (history === null)
    return html`<section>
      <h2>Changes of the posture</h2>
      <p>The history could not be read.</p>
    </section>`;
  const cut = history.complete
    ? null
    : html`<p class="warn">There is more in this span than fits here; the oldest is left out.</p>`;
  if (history.items.length === 0)
    return html`<section>
      <h2>Changes of the posture</h2>
      <p class="quiet">Nothing was recorded in this span.</p>
    </section>`;
  const rows = history.items.map(renderItem);
  return html`<section>
    <h2>Changes of the posture</h2>
    ${cut} ${table(['When (UTC)', 'Verdict', 'What changed', 'Seen by'], rows)}
  </section>`;
}

const verdictTones = { ok: 'good', ready: 'good', attention: 'warn', stopped: 'bad', unknown: 'dim' } as const;

function renderItem(item: HistoryItem): Html {
  if (item.kind === 'gap')
    return html`<tr>
      <td>${moment(item.to)}</td>
      <td><span class="tag dim">gap</span></td>
      <td>${item.message}</td>
      <td></td>
    </tr>`;
  const seen = html`<td>
    ${item.appVersion} <code>${item.imageSha.slice(0, 10)}</code> on ${item.host}${item.late ? ', written later' : ''}
  </td>`;
  if (item.kind === 'deployment')
    return html`<tr>
      <td>${moment(item.happenedAt)}</td>
      <td><span class="tag note">deployed</span></td>
      <td>${item.headline}, by ${item.who}</td>
      ${seen}
    </tr>`;
  const changes = item.changes.map(({ message, who }) => html`<li>${message}${who === null ? '' : `, by ${who}`}</li>`);
  return html`<tr>
    <td>${moment(item.happenedAt)}</td>
    <td><span class="tag ${verdictTones[item.verdict]}">${item.verdict}</span></td>
    <td>
      <ul>
        ${changes}
      </ul>
    </td>
    ${seen}
  </tr>`;
}

/** Every migration that was ever applied, with its checksum held against the file of this release. */
export function renderLedgers({ migrations }: EvidencePack): Html {
  const ledgers = migrations.map(({ database, rows }) =>
    rows === null
      ? html`<h3>${database}</h3>
          <p>The ledger could not be read.</p>`
      : html`<h3>${database}</h3>
          ${rows.length === 0 ? html`<p class="quiet">Nothing was ever applied.</p>` : ledger(rows)}`,
  );
  return html`<section>
    <h2>Migration history</h2>
    ${ledgers}
  </section>`;
}

type LedgerRow = NonNullable<EvidencePack['migrations'][number]['rows']>[number];

function ledger(rows: readonly LedgerRow[]): Html {
  const lines = rows.map(
    (row) =>
      html`<tr>
        <td><code>${String(row.version).padStart(4, '0')}_${row.name}</code></td>
        <td>${row.finishedAt === null ? 'not finished' : moment(row.finishedAt)}</td>
        <td>${row.appliedBy} (${row.appliedBySource})</td>
        <td>${row.appVersion} <code>${row.imageSha.slice(0, 10)}</code></td>
        <td><code class="digest">${row.checksum}</code><br />${comparison(row)}</td>
      </tr>`,
  );
  return table(['Migration', 'Applied (UTC)', 'By', 'Build', 'Checksum'], lines);
}

function comparison({ checksum, fileChecksum }: LedgerRow): Html {
  if (fileChecksum === null) return html`<span class="dim">this release has no such file</span>`;
  return checksum === fileChecksum
    ? html`<span class="good">as in the file of this release</span>`
    : html`<span class="bad">differs from the file of this release</span>`;
}

function moment(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}
