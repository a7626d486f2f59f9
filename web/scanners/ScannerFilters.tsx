import { useId, type ReactNode } from 'react';
import type { ScannerList } from '../../src/contract/index.ts';
import { scannersSorts, silentHours, type ScannersSearch, type ScannersSort, type SilentHours } from '../app/search.ts';
import { stateLooks } from './looks.ts';
import { choicesOf } from './wanted.ts';

const sortWords: Readonly<Record<ScannersSort, string>> = {
  name: 'name, A to Z',
  '-name': 'name, Z to A',
  '-lastContact': 'last contact, newest first',
  lastContact: 'last contact, longest ago first',
  '-binaryVersion': 'version, newest first',
  binaryVersion: 'version, oldest first',
  '-refused': 'refused, most first',
  refused: 'refused, least first',
};

const silentWords: Readonly<Record<SilentHours, string>> = {
  '1': 'an hour ago or more',
  '24': 'a day ago or more',
  '168': 'a week ago or more',
  '720': '30 days ago or more',
};

interface FiltersProps {
  readonly groups: ScannerList['counts']['groups'];
  readonly search: ScannersSearch;
  readonly onSearch: (part: ScannersSearch) => void;
}

/** A field for each thing the fleet can be filtered by; all of them live in the address. A new filter begins at the first page. */
export function ScannerFilters({ groups, search, onSearch }: FiltersProps) {
  const id = useId();
  const change = (part: Record<string, string>) => onSearch({ ...part, after: '' });
  const versions = groups.map((group) => group.binaryVersion);
  const protocols = groups.map((group) => String(group.protocolVersion));
  return (
    <search className="filters scanner-filters" aria-label="Filter the scanners">
      <label className="field" htmlFor={`${id}-text`}>
        <span>Name</span>
        <input
          id={`${id}-text`}
          type="search"
          value={search.text ?? ''}
          maxLength={200}
          placeholder="part of it"
          onChange={(event) => change({ text: event.target.value })}
        />
      </label>
      <Choice label="State" value={search.state} all="Every state" onChange={(state) => change({ state })}>
        {optionsOf(Object.keys(stateLooks))}
      </Choice>
      <Choice label="Version" value={search.version} all="All versions" onChange={(version) => change({ version })}>
        {optionsOf(choicesOf(versions, search.version))}
      </Choice>
      <Choice
        label="Protocol"
        value={search.protocol}
        all="All protocols"
        onChange={(protocol) => change({ protocol })}
      >
        {optionsOf(choicesOf(protocols, search.protocol))}
      </Choice>
      <Choice label="Window" value={search.window} all="In and out" onChange={(window) => change({ window })}>
        <option value="in">inside</option>
        <option value="out">outside</option>
      </Choice>
      <Choice label="Last contact" value={search.silent} all="Whenever" onChange={(silent) => change({ silent })}>
        {silentHours.map((hours) => (
          <option key={hours} value={hours}>
            {silentWords[hours]}
          </option>
        ))}
      </Choice>
      <Choice label="Refused" value={search.refused} all="Refused or not" onChange={(refused) => change({ refused })}>
        <option value="yes">refused</option>
        <option value="no">not refused</option>
      </Choice>
      <Choice label="Clone" value={search.clone} all="Suspected or not" onChange={(clone) => change({ clone })}>
        <option value="yes">suspected</option>
        <option value="no">not suspected</option>
      </Choice>
      <Choice label="Jobs held" value={search.jobs} all="Some or none" onChange={(jobs) => change({ jobs })}>
        <option value="yes">some</option>
        <option value="no">none</option>
      </Choice>
      <Choice label="Order" value={search.sort} all="By id" onChange={(sort) => change({ sort })}>
        {scannersSorts.map((sort) => (
          <option key={sort} value={sort}>
            {sortWords[sort]}
          </option>
        ))}
      </Choice>
    </search>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  /** What it says when nothing is filtered. */
  readonly all: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

function Choice({ label, value, all, onChange, children }: ChoiceProps) {
  const id = useId();
  return (
    <label className="field" htmlFor={id}>
      <span>{label}</span>
      <select id={id} value={value ?? ''} onChange={(event) => onChange(event.target.value)}>
        <option value="">{all}</option>
        {children}
      </select>
    </label>
  );
}

function optionsOf(values: readonly string[]): ReactNode {
  return values.map((value) => <option key={value}>{value}</option>);
}
