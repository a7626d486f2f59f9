import type { Silence } from '../api/backups.ts';
import { Remedy } from '../parts/Copy.tsx';
import { Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { Ago } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';

interface SilentServiceProps {
  readonly silence: Silence;
  /** When it last said what is below; null when it has not, in this browser. */
  readonly saidAt: number | null;
}

/** The backup service cannot be asked: why, what starts it, and what is known all the same. */
export function SilentService({ silence: { problem, lastKnown }, saidAt }: SilentServiceProps) {
  if (problem.code === 'backup_not_configured') {
    return (
      <Section title="Backup service">
        <div className="empty">
          <p className="empty-title">No backup service is set up</p>
          <p>{sentence(problem.detail)} Without one this page has nothing to show, and nothing here can be restored.</p>
          <Remedy text={problem.remedy} />
        </div>
      </Section>
    );
  }
  return (
    <Section title="Backup service">
      <div role="alert" className="fields">
        <Unreadable title="The backup service cannot be asked" error={{ code: problem.code, message: problem.detail }}>
          <p>
            Bundles that have been taken are where they were. None is taken by itself until the service answers again.
          </p>
          <LastKnown lastKnown={lastKnown} />
          {saidAt === null ? null : (
            <p>
              What you see below is what it said <Ago at={new Date(saidAt).toISOString()} />.
            </p>
          )}
        </Unreadable>
        <Remedy text={problem.remedy} />
      </div>
    </Section>
  );
}

function LastKnown({ lastKnown }: Pick<Silence, 'lastKnown'>) {
  if (lastKnown === null) return <p>Whether there is a backup is not known: it has never answered this manager.</p>;
  const read = <Ago at={lastKnown.readAt} />;
  if (lastKnown.bundle === null) return <p>Last known: no backup, as it said {read}.</p>;
  const { id, createdAt, state } = lastKnown.bundle;
  return (
    <p>
      Last known: <code>{id}</code>, taken <Ago at={createdAt} />, {state}; it said so {read}.
    </p>
  );
}
