import { useState, type FormEvent } from 'react';
import type { MadeEnrolmentToken } from '../../src/contract/index.ts';
import { makeEnrolmentToken, type NewEnrolmentToken } from '../api/scanners.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Command } from '../parts/Copy.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { Notice } from '../parts/Section.tsx';
import { Ago } from '../parts/Time.tsx';
import { useFleetChange } from './changes.ts';

/** The ways of running a scanner, as they are put to whoever enrols one. */
const ways: readonly (readonly [keyof MadeEnrolmentToken['commands'], string])[] = [
  ['npx', 'On the machine of the scanner, type in a checkout of Plimsoll:'],
  ['docker', 'or where Docker runs:'],
  ['executable', 'or with the scanner as a single executable, which needs nothing installed:'],
];

/** Makes an enrolment token, and shows it this once with the command to type. */
export function EnrolDialog({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<MadeEnrolmentToken | null>(null);
  return made === null ? (
    <Dialog key="ask" title="Enrol a scanner" onClose={onClose}>
      <TokenForm onMade={setMade} />
    </Dialog>
  ) : (
    <Dialog key="made" title="Start the scanner" onClose={onClose}>
      <MadeToken made={made} onClose={onClose} />
    </Dialog>
  );
}

function TokenForm({ onMade }: { readonly onMade: (made: MadeEnrolmentToken) => void }) {
  const making = useFleetChange(makeEnrolmentToken, onMade);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    making.mutate(readForm(new FormData(event.currentTarget)));
  };
  return (
    <form className="fields" onSubmit={submit}>
      <p>A scanner enrols with a token and then has a credential of its own, which you can revoke here.</p>
      {making.isError ? <ErrorNotice error={making.error} /> : null}
      <label className="field">
        <span>What for</span>
        <input name="note" data-first maxLength={200} placeholder="such as: the two scanners of the Rotterdam office" />
      </label>
      <div className="field-pair">
        <label className="field">
          <span>How many scanners may use it</span>
          <input name="maxUses" type="number" defaultValue={1} min={1} max={10_000} step={1} required />
        </label>
        <label className="field">
          <span>Good for</span>
          <select name="validHours" defaultValue="24">
            <option value="1">1 hour</option>
            <option value="24">1 day</option>
            <option value="168">7 days</option>
            <option value="720">30 days</option>
          </select>
        </label>
      </div>
      <div className="dialog-foot">
        <button type="submit" className="button" data-kind="main" disabled={making.isPending}>
          {making.isPending ? 'Making…' : 'Make the token'}
        </button>
      </div>
    </form>
  );
}

function readForm(fields: FormData): NewEnrolmentToken {
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return { note: text('note'), maxUses: Number(text('maxUses')), validHours: Number(text('validHours')) };
}

function MadeToken({ made, onClose }: { readonly made: MadeEnrolmentToken; readonly onClose: () => void }) {
  return (
    <div className="fields">
      <Notice tone="warn" title="Shown this once">
        <p>
          The token is kept nowhere. It is good for {made.maxUses === 1 ? 'one scanner' : `${made.maxUses} scanners`},
          and expires <Ago at={made.expiresAt} />.
        </p>
      </Notice>
      {ways.map(([way, words]) => (
        <div className="labelled" key={way}>
          <p>{words}</p>
          <Command text={made.commands[way]} />
        </div>
      ))}
      <div className="labelled">
        <p>The token alone, for a secret store or another way of starting it:</p>
        <Command text={made.token} />
      </div>
      <p className="quiet">The scanner appears on this page within seconds of its first start.</p>
      <div className="dialog-foot">
        <button type="button" className="button" data-kind="main" data-first onClick={onClose}>
          I have copied it
        </button>
      </div>
    </div>
  );
}
