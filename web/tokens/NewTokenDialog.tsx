import { useState, type FormEvent } from 'react';
import type { MadeApiToken, NewApiToken } from '../../src/contract/index.ts';
import { useChange } from '../api/change.ts';
import { makeToken } from '../api/tokens.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { OnceShown } from '../parts/OnceShown.tsx';
import { readRole, RoleField } from '../parts/RoleField.tsx';

/** Makes an API token, and shows it this once. */
export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<MadeApiToken | null>(null);
  return made === null ? (
    <Dialog key="ask" title="Make a token" onClose={onClose}>
      <TokenForm onMade={setMade} />
    </Dialog>
  ) : (
    <Dialog key="made" title={`The token ${made.name}`} onClose={onClose}>
      <OnceShown
        about="Only its hash is kept. Put it where the program finds its secrets; it is sent as Authorization: Bearer."
        secret={made.token}
        onClose={onClose}
      />
    </Dialog>
  );
}

function TokenForm({ onMade }: { readonly onMade: (made: MadeApiToken) => void }) {
  const making = useChange([['tokens']], makeToken, onMade);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    making.mutate(readForm(new FormData(event.currentTarget)));
  };
  return (
    <form className="fields" onSubmit={submit}>
      {making.isError ? <ErrorNotice error={making.error} /> : null}
      <label className="field">
        <span>Which program it is for</span>
        <input name="name" data-first maxLength={100} required autoComplete="off" placeholder="such as: monitoring" />
      </label>
      <div className="field-pair">
        <RoleField chosen="auditor" />
        <label className="field">
          <span>Good for</span>
          <select name="days" defaultValue="90">
            <option value="7">7 days</option>
            <option value="30">30 days</option>
            <option value="90">90 days</option>
            <option value="365">a year</option>
            <option value="">until it is revoked</option>
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

function readForm(fields: FormData): NewApiToken {
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    name: text('name'),
    role: readRole(fields),
    expiresInDays: text('days') === '' ? null : Number(text('days')),
  };
}
