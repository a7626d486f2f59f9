import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Command } from '../parts/Copy.tsx';
import { Section } from '../parts/Section.tsx';
import { Status, type Look } from '../parts/Status.tsx';
import type { HomeViewProps } from './parts.ts';
import { firstSteps, firstTarget, nextStep, type Step, type StepName, type StepState } from './steps.ts';

const looks: Readonly<Record<StepState, Look>> = {
  done: { tone: 'good', icon: 'check', word: 'done' },
  open: { tone: 'plain', icon: 'skip', word: 'to do' },
  unknown: { tone: 'dim', icon: 'question', word: 'cannot tell' },
};
const nextLook: Look = { tone: 'note', icon: 'chevron', word: 'next' };

const words: Readonly<Record<StepName, readonly [title: string, about: string]>> = {
  scanner: ['Enrol a scanner', 'A program on a machine of yours that probes endpoints from there.'],
  scan: ['Ask for a scan', 'A list of endpoints, and what to look at on each.'],
  finding: ['See the first finding', 'It comes by itself, seconds after a scanner has taken the job.'],
  bundle: ['Take a backup', 'One bundle of all three databases, to come back to.'],
  preflight: ['Run preflight', 'It judges in a terminal whether a release may be applied, and changes nothing.'],
};

/** What to do with a new deployment, each ticked when it is true; gone once all of it has been done. */
export function FirstSteps(props: HomeViewProps) {
  const steps = firstSteps(props);
  if (steps.every(({ state }) => state !== 'open')) return null;
  const next = nextStep(steps);
  return (
    <Section
      title="First steps"
      aside={`${steps.filter(({ state }) => state === 'done').length} of ${steps.length} done`}
    >
      <ol className="steps">
        {steps.map((step) => (
          <StepItem key={step.name} step={step} isNext={step.name === next}>
            {step.state === 'open' ? <Way name={step.name} {...props} /> : null}
          </StepItem>
        ))}
      </ol>
    </Section>
  );
}

interface StepItemProps {
  readonly step: Step;
  readonly isNext: boolean;
  readonly children: ReactNode;
}

function StepItem({ step, isNext, children }: StepItemProps) {
  const [title, about] = words[step.name];
  return (
    <li className="step" data-state={step.state} data-step={step.name} aria-current={isNext ? 'step' : undefined}>
      <span className="step-state">
        <Status look={isNext ? nextLook : looks[step.state]} />
      </span>
      <div className="step-words">
        <p className="step-title">{title}</p>
        {step.state === 'done' ? null : <p className="quiet">{about}</p>}
        {children}
      </div>
    </li>
  );
}

/** The button or the command that does it; for those who may not, who may. */
function Way({ name, may, posture }: HomeViewProps & { readonly name: StepName }) {
  if (name === 'finding') return null;
  if (name === 'preflight') return posture ? <Command text={`${posture.app.migratorCommand} preflight`} /> : null;
  if (name === 'scan') return may.scan ? <FirstScan /> : <p className="quiet">A user or an administrator does this.</p>;
  if (!may.administer) return <p className="quiet">An administrator does this.</p>;
  return (
    <p>
      <Link to={name === 'scanner' ? '/admin/scanners' : '/admin/backups'} className="button">
        {name === 'scanner' ? 'To Scanners' : 'To Backups'}
      </Link>
    </p>
  );
}

function FirstScan() {
  const target = firstTarget(location);
  return (
    <p className="step-ways">
      {target === null ? null : (
        <Link to="/scans" search={{ ask: target }} className="button">
          Scan this manager, {target}
        </Link>
      )}
      <Link to="/scans" search={{ ask: 'new' }} className="button">
        Scan something else
      </Link>
    </p>
  );
}
