import type { BundleRow } from '../../src/contract/index.ts';
import { bundleLooks } from '../parts/bundle-looks.ts';
import { Cell } from '../parts/Cell.tsx';
import { shortSha, size } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { encryptedLook, pinnedLook } from './looks.ts';
import { copyWords } from './words.ts';

const columns = ['Taken', 'State', 'Size', 'Rows', 'Release', 'Schemas', 'Copies'] as const;

interface BundleTableProps {
  readonly bundles: readonly BundleRow[];
  readonly onOpen: (id: string) => void;
}

/** One row a bundle; on a narrow screen one block. When it was taken opens all that is known of it. */
export function BundleTable({ bundles, onOpen }: BundleTableProps) {
  return (
    <table className="table stacking bundles">
      <caption className="only-spoken">Bundles</caption>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col" data-field={name} className={isNumber(name) ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bundles.map((bundle) => (
          <Row key={bundle.id} bundle={bundle} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  );
}

const reasonWords = {
  manual: 'asked for',
  schedule: 'as scheduled',
  deploy: 'before a deploy',
  restore: 'before a restore',
} as const satisfies Record<BundleRow['reason'], string>;

function isNumber(name: (typeof columns)[number]): boolean {
  return name === 'Size' || name === 'Rows';
}

function Row({ bundle, onOpen }: { readonly bundle: BundleRow; readonly onOpen: (id: string) => void }) {
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={() => onOpen(bundle.id)}>
          <Ago at={bundle.createdAt} />
          <span className="only-spoken">, bundle {bundle.id}</span>
        </button>
        <span className="bundle-note mono">{bundle.id}</span>
        <span className="bundle-note">
          by {bundle.takenBy}
          {bundle.takenBy === bundle.reason ? null : `, ${reasonWords[bundle.reason]}`}
        </span>
      </th>
      <Cell label="State">
        <State bundle={bundle} />
      </Cell>
      <Cell label="Size" className="number">
        {size(bundle.bytes)}
      </Cell>
      <Cell label="Rows" className="number">
        {bundle.rows.toLocaleString('en')}
        {bundle.references.missing === 0 ? null : (
          <span className="bundle-note" data-tone="warn">
            {bundle.references.missing.toLocaleString('en')} lead nowhere
          </span>
        )}
      </Cell>
      <Cell label="Release">
        {bundle.appVersion}
        <span className="bundle-note mono">{shortSha(bundle.imageSha)}</span>
      </Cell>
      <Cell label="Schemas">{schemaWords(bundle)}</Cell>
      <Cell label="Copies">
        <Copies copies={bundle.copies} />
      </Cell>
    </tr>
  );
}

/** What is known of a bundle and since when, and what keeps it. */
function State({ bundle }: { readonly bundle: BundleRow }) {
  const { state, provenAt, verifiedAt, damage, pin } = bundle;
  const at = state === 'proven' ? provenAt : state === 'verified' ? verifiedAt : null;
  return (
    <>
      <Status look={bundleLooks[state]}>
        {bundleLooks[state].word} {at === null ? null : <Ago at={at} />}
      </Status>
      {damage === null ? null : <span className="bundle-note">{damage}</span>}
      {pin === null ? null : (
        <span className="bundle-note">
          <Status look={pinnedLook} /> {pin.note}
        </span>
      )}
      {bundle.encrypted ? (
        <span className="bundle-note">
          <Status look={encryptedLook} />
        </span>
      ) : null}
    </>
  );
}

/** `config 7 · results 4 · jobs 5`. */
export function schemaWords({ schemaVersions }: Pick<BundleRow, 'schemaVersions'>): string {
  return Object.entries(schemaVersions)
    .map(([name, version]) => `${name} ${version}`)
    .join(' · ');
}

/** On which targets a bundle lies, and on which it does not; of several, what is known of each. */
export function Copies({ copies }: Pick<BundleRow, 'copies'>) {
  return (
    <ul>
      {copies.map((copy) => (
        <li key={copy.target}>
          {copy.target}
          {copies.length === 1 && copy.state === 'whole' ? null : `: ${copyWords(copy)}`}
        </li>
      ))}
    </ul>
  );
}
