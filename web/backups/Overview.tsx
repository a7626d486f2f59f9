import type { ReactNode } from 'react';
import type { BackupStatus, BundleRow } from '../../src/contract/index.ts';
import { bundleLooks } from '../parts/bundle-looks.ts';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { Status } from '../parts/Status.tsx';
import { Ago, Moment, useManagerTime } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { lengthWords } from './words.ts';

interface OverviewProps {
  readonly status: BackupStatus;
  /** Undefined while there is none, or none has been read. */
  readonly newest: BundleRow | undefined;
  readonly onOpen: (id: string) => void;
}

const minuteMs = 60_000;

/** Is there a fresh one, is it good, and when does the next one come. */
export function Overview({ status, newest, onOpen }: OverviewProps) {
  const { engine, engineError, coverage, proveError } = status;
  return (
    <Section title="Overview">
      {engineError === null ? null : <Unreadable title="No bundle can be taken now" error={engineError} />}
      <dl className="facts">
        <Fact name="Newest bundle">
          {newest === undefined ? (
            'none yet'
          ) : (
            <Newest newest={newest} maxAgeSeconds={status.maxAgeSeconds} onOpen={onOpen} />
          )}
        </Fact>
        <Fact name="Next one">
          <Schedule schedule={status.takeSchedule} />
        </Fact>
        <Fact name="Next proof">
          {proveError === null ? <Schedule schedule={status.proveSchedule} /> : sentence(proveError.message)}
        </Fact>
        <Fact name="Coverage">
          {coverage.bundles === 0 ? (
            'nothing to check yet'
          ) : (
            <>
              {coverage.proven} proven and {coverage.verified} verified of {coverage.bundles}; longest without a check:{' '}
              {coverage.oldestVerifiedAt === null ? 'never checked' : <Ago at={coverage.oldestVerifiedAt} />}
            </>
          )}
        </Fact>
        <Fact name="Taken with">
          {engine === null ? (
            'nothing that is here'
          ) : (
            <>
              {engine.name} {engine.version} <code className="quiet">{engine.program}</code>
            </>
          )}
        </Fact>
      </dl>
    </Section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div data-field={name}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Newest({
  newest,
  maxAgeSeconds,
  onOpen,
}: {
  readonly newest: BundleRow;
  readonly maxAgeSeconds: number;
  readonly onOpen: (id: string) => void;
}) {
  const now = useManagerTime(minuteMs);
  const isOld = now - Date.parse(newest.createdAt) > maxAgeSeconds * 1000;
  return (
    <>
      <button type="button" className="link" onClick={() => onOpen(newest.id)}>
        <Ago at={newest.createdAt} />
      </button>{' '}
      <Status look={bundleLooks[newest.state]} />{' '}
      {isOld ? (
        <Status look={{ tone: 'warn', icon: 'warning', word: `too old: over ${lengthWords(maxAgeSeconds)}` }} />
      ) : (
        <span className="quiet">may be {lengthWords(maxAgeSeconds)} old</span>
      )}
    </>
  );
}

function Schedule({ schedule: { cron, zone, next } }: { readonly schedule: BackupStatus['takeSchedule'] }) {
  if (cron === null || next === null) return 'not scheduled';
  return (
    <>
      <Moment at={next} />{' '}
      <span className="quiet">
        ({cron}, {zone})
      </span>
    </>
  );
}
