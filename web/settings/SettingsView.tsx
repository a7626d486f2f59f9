import type { KeptSetting, SettingEntry, Settings } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Columns } from '../parts/Columns.tsx';
import { Section } from '../parts/Section.tsx';
import { Status, type Look } from '../parts/Status.tsx';
import { Ago } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';
import { visible } from '../parts/visible.ts';
import { withCode } from '../parts/with-code.tsx';

/** The settings on the page. Shows what it is given and asks nobody. */
export function SettingsView({ settings }: { readonly settings: Settings }) {
  return (
    <div className="page-parts">
      <Section
        title="This manager"
        aside={
          <>
            {settings.host}, started <Ago at={settings.startedAt} />
          </>
        }
      >
        <p className="setting-note">
          Set by environment variables when the manager is started. To change one, change the environment (in a
          deployment by Compose the file <code>.env</code>) and start the manager again. Another manager may have been
          started otherwise.
        </p>
        <SettingTable settings={settings.settings} />
      </Section>
      <Section title="Kept in the database">
        <Kept kept={settings.kept} />
      </Section>
    </div>
  );
}

const sourceLooks: Readonly<Record<SettingEntry['source'], Look>> = {
  environment: { tone: 'note', icon: 'info', word: 'environment' },
  file: { tone: 'note', icon: 'lock', word: 'file' },
  default: { tone: 'plain', icon: 'check', word: 'default' },
  unset: { tone: 'plain', icon: 'skip', word: 'not set' },
};

function SettingTable({ settings }: { readonly settings: readonly SettingEntry[] }) {
  return (
    <table className="table stacking settings">
      <caption className="only-spoken">Settings of this manager</caption>
      <Columns names={['Name', 'Value', 'Source', 'What it does']} />
      <tbody>
        {settings.map((setting) => (
          <tr key={setting.name}>
            <th scope="row" className="mono">
              {setting.name}
            </th>
            <Cell label="Value">
              <Value setting={setting} />
            </Cell>
            <Cell label="Source">
              <Status look={sourceLooks[setting.source]} />
              {setting.file === null ? null : <code className="setting-file">{visible(setting.file)}</code>}
            </Cell>
            <Cell label="What it does">{withCode(setting.about)}</Cell>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ setting }: { readonly setting: SettingEntry }) {
  if (setting.source === 'unset') return <span className="quiet">not set</span>;
  if (setting.value === null) return <span className="quiet">set, secret</span>;
  return <code>{visible(setting.value)}</code>;
}

function Kept({ kept }: Pick<Settings, 'kept'>) {
  if (kept.status === 'unknown')
    return <Unreadable title="The config database cannot be read now" error={kept.error} />;
  if (kept.entries.length === 0) return <p className="quiet">Nothing.</p>;
  return (
    <table className="table stacking settings">
      <caption className="only-spoken">Kept in the config database</caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Value</th>
          <th scope="col">Written</th>
          <th scope="col">What it is</th>
        </tr>
      </thead>
      <tbody>
        {kept.entries.map((entry) => (
          <KeptRow key={entry.key} entry={entry} />
        ))}
      </tbody>
    </table>
  );
}

function KeptRow({ entry }: { readonly entry: KeptSetting }) {
  return (
    <tr>
      <th scope="row" className="mono">
        {entry.key}
      </th>
      <Cell label="Value">
        {entry.value === null ? <span className="quiet">not shown</span> : <code>{visible(entry.value)}</code>}
      </Cell>
      <Cell label="Written">
        <Ago at={entry.updatedAt} /> by {visible(entry.updatedBy)}
      </Cell>
      <Cell label="What it is">{entry.about === '' ? 'This release does not know it.' : entry.about}</Cell>
    </tr>
  );
}
