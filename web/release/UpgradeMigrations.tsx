import type { MigrationCost, MigrationEffect, UpgradeCandidate } from '../../src/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { countOf, size } from '../parts/size.ts';
import { sentence } from '../parts/sentence.ts';
import { fileName } from './history.ts';
import { lockWords, secondsWords, sourceWords, tableName, workWords } from './cost.ts';

/** What each pending migration would do, the dangerous ones first to the eye; those that touch nothing in one line. */
export function UpgradeMigrations({ candidate }: { readonly candidate: UpgradeCandidate }) {
  const { migrations, unjudged, seconds, acknowledgement, run } = candidate;
  if (migrations.length + unjudged === 0) return null;
  const telling = migrations.filter(isTelling);
  const silent = migrations.filter((migration) => !isTelling(migration));
  return (
    <div className="upgrade-migrations">
      <div className="upgrade-migrations-head">
        <h3>{countOf(migrations.length + unjudged, 'migration')} to apply</h3>
        <p className="quiet">{totalWords(seconds, run.rehearsal?.message)}</p>
      </div>
      <ol className="costs">
        {telling.map((migration) => (
          <Cost key={`${migration.database} ${migration.version}`} migration={migration} />
        ))}
      </ol>
      {silent.length === 0 ? null : (
        <details className="cost-silent">
          <summary>
            {telling.length === 0 ? '' : 'and '}
            {countOf(silent.length, 'migration that touches', 'migrations that touch')} no table that is there
          </summary>
          <ul className="mono">
            {silent.map((migration) => (
              <li key={`${migration.database} ${migration.version}`}>
                {migration.database}/{fileName(migration)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {unjudged === 0 ? null : (
        <p className="cost-note" data-tone="warn">
          <Icon name="question" />
          {countOf(unjudged, 'migration')} more would be applied, and its preflight has not judged{' '}
          {unjudged === 1 ? 'it' : 'them'}: a database has gone back since.
        </p>
      )}
      {acknowledgement?.given === true ? (
        <p className="cost-note quiet">
          <Icon name="check" /> The dangerous ones were acknowledged with <code>{acknowledgement.hash}</code>.
        </p>
      ) : null}
    </div>
  );
}

function isTelling({ effects, unforeseen, dangers, movesHorizon, rehearsed }: MigrationCost): boolean {
  return effects.length + unforeseen.length + dangers.length > 0 || movesHorizon || (rehearsed?.seconds ?? 0) >= 1;
}

function totalWords(seconds: number | null, rehearsal: string | undefined): string {
  if (rehearsal !== undefined) return sentence(rehearsal);
  return seconds === null
    ? 'How long all of it takes is not known; a rehearsal would tell.'
    : `${secondsWords(seconds)} in all.`;
}

function Cost({ migration }: { readonly migration: MigrationCost }) {
  const { database, effects, dangers, unforeseen, findings, movesHorizon, seconds, secondsFrom } = migration;
  const tone = dangers.length > 0 ? 'bad' : unforeseen.length > 0 ? 'warn' : 'plain';
  return (
    <li className="cost" data-tone={tone}>
      <div className="cost-head">
        <p className="cost-name mono">
          <span className="quiet">{database}/</span>
          {fileName(migration)}
        </p>
        <p className="cost-time">
          <strong>{seconds === null ? 'unknown' : secondsWords(seconds)}</strong>{' '}
          <span className="quiet">{sourceWords[secondsFrom]}</span>
        </p>
      </div>
      {dangers.map((danger) => (
        <p key={danger} className="cost-danger">
          <Icon name="stop" />
          <span>{sentence(danger)}</span>
        </p>
      ))}
      {effects.length === 0 ? null : (
        <ul className="cost-effects">
          {effects.map((effect) => (
            <EffectLine key={effect.table} effect={effect} />
          ))}
        </ul>
      )}
      {unforeseen.map((what) => (
        <p key={what} className="cost-note">
          <Icon name="question" /> Cannot be foreseen: {what}.
        </p>
      ))}
      {movesHorizon ? (
        <p className="cost-note">
          <Icon name="down" /> Moves how far you can go back without a restore.
        </p>
      ) : null}
      <Findings findings={findings} />
    </li>
  );
}

function EffectLine({ effect }: { readonly effect: MigrationEffect }) {
  const { table, does, lock, work, rows, bytes, writesPerSecond } = effect;
  const writes = writesPerSecond >= 0.1 ? `, ${writesPerSecond.toFixed(1)} writes/s` : '';
  return (
    <li>
      <p>
        <strong>{tableName(table)}</strong> {does}
      </p>
      <p className="cost-facts">
        <span title={lock}>
          {lockWords(lock)} <code>{lock}</code>
        </span>
        <span>{workWords[work]}</span>
        <span>
          {size(bytes)}, {countOf(Math.round(rows), 'row')}
          {writes}
        </span>
      </p>
    </li>
  );
}

function Findings({ findings }: Pick<MigrationCost, 'findings'>) {
  if (findings === null || findings.length === 0) return null;
  return (
    <details className="cost-findings">
      <summary>{countOf(findings.length, 'finding')} of squawk</summary>
      <ul>
        {findings.map(({ rule, line, message }) => (
          <li key={`${rule} ${line}`}>
            <code>{rule}</code> <span className="quiet">line {line}</span> {sentence(message)}
          </li>
        ))}
      </ul>
    </details>
  );
}
