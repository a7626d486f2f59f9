import { useState, type FormEvent } from 'react';
import type { ListedScannerEntry } from '../../src/contract/index.ts';
import { renameScanner, revokeScanner, rotateScanner } from '../api/scanners.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { TypedConfirmation } from '../parts/TypedConfirmation.tsx';
import { useFleetChange } from './changes.ts';

interface ChangeProps {
  readonly scanner: ListedScannerEntry;
  readonly onDone: (said: string) => void;
}

/** Gives the scanner another name. */
export function RenameScanner({ scanner, onDone }: ChangeProps) {
  const [name, setName] = useState(scanner.name);
  const wanted = name.trim();
  const change = useFleetChange(
    async () => await renameScanner(scanner.id, wanted),
    () => onDone(`${scanner.name} is now called ${wanted}.`),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate(undefined);
  };
  return (
    <form className="change" onSubmit={submit}>
      <label className="field">
        <span>Name</span>
        <input value={name} maxLength={200} required onChange={(event) => setName(event.target.value)} />
      </label>
      <button
        type="submit"
        className="button"
        disabled={change.isPending || wanted === '' || wanted === scanner.name}
        data-idle={wanted === '' || wanted === scanner.name}
      >
        Rename
      </button>
      {change.isError ? <ErrorNotice error={change.error} /> : null}
    </form>
  );
}

/** Has the scanner given a new credential. */
export function RotateCredential({ scanner, onDone }: ChangeProps) {
  const change = useFleetChange(
    async () => await rotateScanner(scanner.id),
    () => onDone(`${scanner.name} is given a new credential at its next heartbeat.`),
  );
  return (
    <div className="change">
      <p>
        A new credential is handed out at the next heartbeat; the old one is worth nothing once the new one is used.
      </p>
      <button type="button" className="button" disabled={change.isPending} onClick={() => change.mutate(undefined)}>
        Rotate
      </button>
      {change.isError ? <ErrorNotice error={change.error} /> : null}
    </div>
  );
}

/** Ends the scanner's credential for good, once its name has been typed. */
export function RevokeScanner({ scanner, onDone }: ChangeProps) {
  const change = useFleetChange(
    async () => await revokeScanner(scanner.id),
    () => onDone(`${scanner.name} is revoked: its credential is worth nothing any more.`),
  );
  return (
    <TypedConfirmation
      about="Revoking ends its credential for good. Jobs it holds go to other scanners once their leases run out; it can come back only by enrolling anew."
      ask="To revoke it, type its name:"
      name={scanner.name}
      act="Revoke"
      busy={change.isPending}
      error={change.isError ? <ErrorNotice error={change.error} /> : null}
      onAct={() => change.mutate(undefined)}
    />
  );
}
