import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { JobKind, Scan } from '../../src/contract/index.ts';
import { createScan } from '../api/scans.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { Notice } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { readTargets } from './targets.ts';

const kinds: readonly { readonly kind: JobKind; readonly about: string; readonly usual: boolean }[] = [
  { kind: 'tcp', about: 'Is the port open?', usual: true },
  { kind: 'tls', about: 'What does the handshake show, and when does the certificate expire?', usual: true },
  { kind: 'http', about: 'What does it answer, and which security headers are missing?', usual: false },
];
const faultsShown = 5;

interface NewScanProps {
  readonly onClose: () => void;
  readonly onMade: (scan: Scan) => void;
}

/** Asks for a scan: a name, targets, and what to probe at each. */
export function NewScanDialog({ onClose, onMade }: NewScanProps) {
  const [faults, setFaults] = useState<readonly string[]>([]);
  const asking = useMutation({ mutationFn: createScan, onSuccess: onMade });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { faults: found, ...scan } = readForm(new FormData(event.currentTarget));
    setFaults(found);
    if (found.length === 0) asking.mutate(scan);
  };
  return (
    <Dialog title="New scan" onClose={onClose}>
      <form className="fields" onSubmit={submit}>
        {asking.isError ? <ErrorNotice error={asking.error} /> : null}
        <Faults faults={faults} />
        <label className="field">
          <span>Name</span>
          <input name="name" data-first maxLength={200} required placeholder="such as: shop, weekly" />
        </label>
        <label className="field">
          <span>Targets, one host:port a line</span>
          <textarea
            name="targets"
            rows={6}
            required
            spellCheck={false}
            placeholder={'shop.example.org:443\n10.20.0.7:5432\n[2001:db8::1]:443'}
          />
        </label>
        <fieldset className="kinds">
          <legend>What to probe at each</legend>
          {kinds.map(({ kind, about, usual }) => (
            <label key={kind} className="kind">
              <input type="checkbox" name="kinds" value={kind} defaultChecked={usual} />
              <strong>{kind}</strong>
              <span className="quiet">{about}</span>
            </label>
          ))}
        </fieldset>
        <p className="quiet scan-hint">Each scanner probes only inside its own allow-list of networks.</p>
        <div className="dialog-foot">
          <button type="submit" className="button" data-kind="main" disabled={asking.isPending}>
            {asking.isPending ? 'Asking…' : 'Start the scan'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Faults({ faults }: { readonly faults: readonly string[] }) {
  if (faults.length === 0) return null;
  const rest = faults.length - faultsShown;
  return (
    <Notice tone="bad" title="Not asked for yet" role="alert">
      {faults.slice(0, faultsShown).map((fault) => (
        <p key={fault}>{fault}</p>
      ))}
      {rest > 0 ? <p>And {countOf(rest, 'line')} more.</p> : null}
    </Notice>
  );
}

function readForm(fields: FormData) {
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const chosen = kinds.map(({ kind }) => kind).filter((kind) => fields.getAll('kinds').includes(kind));
  const { targets, faults } = readTargets(text('targets'));
  const all = chosen.length === 0 ? [...faults, 'Choose at least one thing to probe.'] : faults;
  return { name: text('name').trim(), targets: [...targets], kinds: chosen, faults: all };
}
