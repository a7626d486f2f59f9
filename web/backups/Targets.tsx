import type { BackupTargetState } from '../../src/contract/index.ts';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { countOf, size } from '../parts/size.ts';
import { Ago, Moment } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { copiedWords, retentionWords } from './words.ts';

/** Where bundles lie, how full it is there, and what goes when. */
export function Targets({ targets }: { readonly targets: readonly BackupTargetState[] }) {
  return (
    <Section title="Targets">
      <div className="targets">
        {targets.map((target) => (
          <Target key={target.name} target={target} />
        ))}
      </div>
    </Section>
  );
}

function Target({ target }: { readonly target: BackupTargetState }) {
  return (
    <div className="target">
      <h3>
        {target.name} <code className="quiet">{target.location}</code>
      </h3>
      {target.status === 'ok' ? null : (
        <Unreadable title="It cannot be reached" error={target.error}>
          <p>What is told below is from before.</p>
        </Unreadable>
      )}
      <dl className="facts">
        <div data-field="Bundles there">
          <dt>Bundles there</dt>
          <dd>{target.bundles === null ? 'not known' : target.bundles.toLocaleString('en')}</dd>
        </div>
        {target.copies === null ? null : <Copied target={target} copies={target.copies} />}
        <div data-field="Space">
          <dt>Space</dt>
          <dd>
            {target.usedBytes === null ? 'not known' : `${size(target.usedBytes)} used`},{' '}
            {target.freeBytes === null ? 'free space not told' : `${size(target.freeBytes)} free`}
          </dd>
        </div>
        <div data-field="Growth">
          <dt>Growth</dt>
          <dd>{growthWords(target)}</dd>
        </div>
        <div data-field="Kept">
          <dt>Kept</dt>
          <dd>{retentionWords(target.retention)}; and pinned ones, and the last proven one</dd>
        </div>
        <div data-field="Next to go">
          <dt>Next to go</dt>
          <dd>{nextWords(target.nextToGo)}</dd>
        </div>
      </dl>
    </div>
  );
}

interface CopiedProps {
  readonly target: BackupTargetState;
  readonly copies: NonNullable<BackupTargetState['copies']>;
}

/** How far it has what it is to have, and what becomes of the rest. */
function Copied({ target: { catchUp, status }, copies }: CopiedProps) {
  const { missing, missingSince } = copies;
  return (
    <div data-field="Copied">
      <dt>Copied</dt>
      <dd>
        {copiedWords(copies)}
        {missingSince === null ? null : (
          <>
            {'; '}
            {missing.length === 1 ? 'the missing one was taken' : 'the newest missing one was taken'}{' '}
            <Ago at={missingSince} />
          </>
        )}
        {missing.length === 0 ? null : (
          <p className="bundle-note" data-tone={catchUp === null ? undefined : 'warn'}>
            {catchUp === null ? (
              waitingWords[status]
            ) : (
              <>
                Copying failed {countOf(catchUp.failures, 'time')} in a row; the next try is at{' '}
                <Moment at={catchUp.nextTryAt} />. {sentence(catchUp.error.message)} <code>{catchUp.error.code}</code>
              </>
            )}
          </p>
        )}
      </dd>
    </div>
  );
}

const waitingWords = {
  ok: 'What is missing is copied by itself, the newest first, while nothing else is under way.',
  unavailable: 'What is missing is copied by itself once it can be reached again.',
} as const;

function growthWords({ growthBytesPerDay: growth }: BackupTargetState): string {
  if (growth === null) return 'not known before there are two bundles';
  if (growth <= 0) return 'bundles do not get larger';
  return `each bundle is ${size(growth)} larger than one of a day before`;
}

function nextWords(ids: BackupTargetState['nextToGo']): string {
  if (ids === null) return 'not known';
  if (ids.length === 0) return 'nothing, if it ran now';
  const [first = ''] = ids;
  return ids.length === 1 ? first : `${first} and ${countOf(ids.length - 1, 'other')}`;
}
