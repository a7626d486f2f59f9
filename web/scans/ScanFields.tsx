import { useEffect, useRef } from 'react';
import type { JobKind, NewScan } from '../../src/contract/index.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import { Notice } from '../parts/Section.tsx';
import { countOf } from '../parts/size.ts';
import { addressOf, readTargets } from './targets.ts';

/** What a scan is made of by hand. */
export type AskedScan = Pick<NewScan, 'name' | 'targets' | 'kinds'>;

const kinds: readonly { readonly kind: JobKind; readonly about: string; readonly usual: boolean }[] = [
  { kind: 'tcp', about: 'Is the port open?', usual: true },
  { kind: 'tls', about: 'What does the handshake show, and when does the certificate expire?', usual: true },
  { kind: 'http', about: 'What does it answer, and which security headers are missing?', usual: false },
];
const faultsShown = 5;

/** Asks for a name, targets, and what to probe at each; `from` is what they are at first. */
export function ScanFields({ from }: { readonly from?: AskedScan | undefined }) {
  return (
    <>
      <label className="field">
        <span>Name</span>
        <input
          name="name"
          data-first
          maxLength={200}
          required
          placeholder="such as: shop, weekly"
          defaultValue={from?.name}
        />
      </label>
      <label className="field">
        <span>Targets, one host:port a line</span>
        <textarea
          name="targets"
          rows={6}
          required
          spellCheck={false}
          placeholder={'shop.example.org:443\n10.20.0.7:5432\n[2001:db8::1]:443'}
          defaultValue={from?.targets.map(addressOf).join('\n')}
        />
      </label>
      <fieldset className="kinds">
        <legend>What to probe at each</legend>
        {kinds.map(({ kind, about, usual }) => (
          <label key={kind} className="kind">
            <input type="checkbox" name="kinds" value={kind} defaultChecked={from?.kinds.includes(kind) ?? usual} />
            <strong>{kind}</strong>
            <span className="quiet">{about}</span>
          </label>
        ))}
      </fieldset>
    </>
  );
}

interface FaultsProps {
  readonly title: string;
  /** What is wrong with what was typed; the first few are shown. */
  readonly faults: readonly string[];
  /** Why the manager did not take it; null if it did. */
  readonly error: unknown;
}

/** Why a form was not taken, moved into sight: on a small screen it is far from the button that was pressed. */
export function Faults({ title, faults, error }: FaultsProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (faults.length > 0 || error !== null) place.current?.scrollIntoView({ block: 'nearest' });
  }, [faults, error]);
  if (faults.length === 0 && error === null) return null;
  return (
    <div ref={place}>
      {faults.length === 0 ? <ErrorNotice error={error} /> : <TypedFaults title={title} faults={faults} />}
    </div>
  );
}

function TypedFaults({ title, faults }: Omit<FaultsProps, 'error'>) {
  const rest = faults.length - faultsShown;
  return (
    <Notice tone="bad" title={title} role="alert">
      {faults.slice(0, faultsShown).map((fault) => (
        <p key={fault}>{fault}</p>
      ))}
      {rest > 0 ? <p>And {countOf(rest, 'line')} more.</p> : null}
    </Notice>
  );
}

/** Reads the fields: what was asked, and what is wrong with it. */
export function readScanFields(fields: FormData): { readonly asked: AskedScan; readonly faults: readonly string[] } {
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const chosen = kinds.map(({ kind }) => kind).filter((kind) => fields.getAll('kinds').includes(kind));
  const { targets, faults } = readTargets(text('targets'));
  const all = chosen.length === 0 ? [...faults, 'Choose at least one thing to probe.'] : faults;
  return { asked: { name: text('name').trim(), targets: [...targets], kinds: chosen }, faults: all };
}
