import type { BundleEntry } from '../../src/contract/index.ts';
import { bundleLooks } from '../parts/bundle-looks.ts';
import { size } from '../parts/size.ts';
import { Status } from '../parts/Status.tsx';
import { duration } from '../parts/time.ts';
import { Ago, Moment } from '../parts/Time.tsx';
import { Copies, schemaWords } from './BundleTable.tsx';
import { stateMeanings } from './looks.ts';

/** When, by whom, from which release, how good, and where. */
export function BundleFacts({ bundle }: { readonly bundle: BundleEntry }) {
  const { manifest, state, provenAt, verifiedAt, damage, pin } = bundle;
  return (
    <dl className="facts">
      <div>
        <dt>State</dt>
        <dd>
          <Status look={bundleLooks[state]} /> {stateMeanings[state]}
          {damage === null ? null : <p className="bundle-note">{damage}</p>}
        </dd>
      </div>
      <div>
        <dt>Last verified</dt>
        <dd>{verifiedAt === null ? 'never' : <Moment at={verifiedAt} />}</dd>
      </div>
      <div>
        <dt>Last proven</dt>
        <dd>{provenAt === null ? 'never' : <Moment at={provenAt} />}</dd>
      </div>
      <div>
        <dt>Taken</dt>
        <dd>
          <Moment at={bundle.createdAt} /> by {manifest.takenBy} ({manifest.reason}), in{' '}
          {duration(Date.parse(manifest.completedAt) - Date.parse(bundle.createdAt))}
        </dd>
      </div>
      <div>
        <dt>Release</dt>
        <dd>
          {bundle.appVersion}, image <code>{bundle.imageSha}</code>
        </dd>
      </div>
      <div>
        <dt>Schemas</dt>
        <dd>{schemaWords(bundle)}</dd>
      </div>
      <div>
        <dt>Size</dt>
        <dd>
          {size(bundle.bytes)}
          {bundle.encrypted ? `, encrypted to ${manifest.encryption?.recipients.join(', ') ?? ''}` : ', not encrypted'}
        </dd>
      </div>
      <div>
        <dt>Skew</dt>
        <dd>{manifest.skewMs.toLocaleString('en')} ms between the first and the last of its snapshots</dd>
      </div>
      <div>
        <dt>Copies</dt>
        <dd>
          <Copies copies={bundle.copies} />
        </dd>
      </div>
      {pin === null ? null : (
        <div>
          <dt>Pinned</dt>
          <dd>
            <Ago at={pin.at} /> by {pin.by}
            {pin.note === '' ? null : `: ${pin.note}`}
          </dd>
        </div>
      )}
    </dl>
  );
}
