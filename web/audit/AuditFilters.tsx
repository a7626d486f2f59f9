import type { AuditSearch } from '../app/search.ts';
import { actionGroups, actionWords } from './words.ts';

interface FiltersProps {
  readonly search: AuditSearch;
  readonly onSearch: (part: AuditSearch) => void;
}

/** Who, what, about whom and when; all of it lives in the address. A new filter begins at the first page. */
export function AuditFilters({ search, onSearch }: FiltersProps) {
  const change = (part: AuditSearch) => onSearch({ ...part, before: '' });
  return (
    <search className="filters audit-filters" aria-label="Filter the events">
      <label className="field">
        <span>Who</span>
        <input
          type="search"
          value={search.actor ?? ''}
          maxLength={200}
          placeholder="part of the name"
          onChange={(event) => change({ actor: event.target.value })}
        />
      </label>
      <label className="field">
        <span>What</span>
        <select value={search.action ?? ''} onChange={(event) => change({ action: event.target.value })}>
          <option value="">Everything</option>
          {actionGroups.map(([begins, words]) => (
            <optgroup key={begins} label={words}>
              <option value={begins}>all about {words}</option>
              {actionsOf(begins).map(([action, each]) => (
                <option key={action} value={action}>
                  {each}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <label className="field">
        <span>About</span>
        <input
          type="search"
          value={search.about ?? ''}
          maxLength={200}
          placeholder="a name, an id, a detail"
          onChange={(event) => change({ about: event.target.value })}
        />
      </label>
      <label className="field">
        <span>From (UTC)</span>
        <input type="date" value={search.since ?? ''} onChange={(event) => change({ since: event.target.value })} />
      </label>
      <label className="field">
        <span>To (UTC)</span>
        <input type="date" value={search.until ?? ''} onChange={(event) => change({ until: event.target.value })} />
      </label>
    </search>
  );
}

function actionsOf(begins: string): [string, string][] {
  return Object.entries(actionWords).filter(([action]) => action.startsWith(begins));
}
