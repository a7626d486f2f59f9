import { useId, useState, type FormEvent, type ReactNode } from 'react';

interface TypedConfirmationProps {
  /** What it does, for good. */
  readonly about: ReactNode;
  /** Leads to `name`: "To delete it, type its id:". */
  readonly ask: string;
  /** What has to be typed. */
  readonly name: string;
  readonly mono?: boolean;
  /** Words of the button. */
  readonly act: string;
  readonly busy: boolean;
  /** Why it could not be done; null before that. */
  readonly error: ReactNode;
  readonly onAct: () => void;
}

/** Does what ends something for good, once its name has been typed. */
export function TypedConfirmation(props: TypedConfirmationProps) {
  const { about, ask, name, mono = false, act, busy, error, onAct } = props;
  const id = useId();
  const [typed, setTyped] = useState('');
  const confirmed = asShown(typed) === asShown(name);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (confirmed) onAct();
  };
  return (
    <form className="change" data-tone="bad" onSubmit={submit}>
      <p id={id}>{about}</p>
      <label className="field">
        <span>
          {ask} <strong className={mono ? 'mono' : undefined}>{name}</strong>
        </span>
        <input
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={id}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="button" data-kind="danger" disabled={!confirmed || busy} data-idle={!confirmed}>
        {act}
      </button>
      {error}
    </form>
  );
}

/** A page shows several spaces as one, and so does whoever types what it shows. */
function asShown(name: string): string {
  return name.replaceAll(/\s+/g, ' ').trim();
}
