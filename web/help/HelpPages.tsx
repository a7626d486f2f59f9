import './help.css';
import { getRouteApi, Link } from '@tanstack/react-router';
import { helpPages } from '../../help/index.ts';
import { useTitle } from '../app/title.ts';
import { withCode } from '../parts/with-code.tsx';
import { HelpArticle } from './HelpArticle.tsx';
import { searchHelp, type HelpHit } from './search.ts';

const pageRoute = getRouteApi('/shell/help/$page');
const indexRoute = getRouteApi('/shell/help');
const pages = Object.values(helpPages);

/** All help pages there are, and a search over what they say. */
export function HelpIndex() {
  useTitle('Help');
  const { q = '' } = indexRoute.useSearch();
  const navigate = indexRoute.useNavigate();
  return (
    <div className="help-page">
      <h1>Help</h1>
      <p className="quiet">The same text opens beside each page with its Help button.</p>
      <search className="help-search">
        <label className="field">
          <span>Search the help</span>
          <input
            type="search"
            value={q}
            maxLength={200}
            placeholder="such as: last backup, behind, forgotten password"
            onChange={(event) =>
              void navigate({ search: { q: event.target.value }, replace: true, resetScroll: false })
            }
          />
        </label>
      </search>
      {q.trim() === '' ? <AllPages /> : <Hits question={q} />}
    </div>
  );
}

function AllPages() {
  return (
    <ul className="help-index">
      {pages.map((help) => (
        <li key={help.page} className="section">
          <h2>
            <Link to="/help/$page" params={{ page: help.page }}>
              {help.title}
            </Link>
          </h2>
          <p>{help.intro}</p>
        </li>
      ))}
    </ul>
  );
}

function Hits({ question }: { readonly question: string }) {
  const hits = searchHelp(pages, question);
  return (
    <>
      <output className="quiet">{wordsOf(hits.length)}</output>
      <ul className="help-index">
        {hits.map((hit) => (
          <li key={`${hit.page} ${hit.part} ${hit.title} ${hit.text}`} className="section">
            <Hit hit={hit} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Hit({ hit }: { readonly hit: HelpHit }) {
  return (
    <>
      <h2>
        <Link to="/help/$page" params={{ page: hit.page }} hash={hit.anchor} hashScrollIntoView>
          {hit.title === '' ? hit.pageTitle : hit.title}
        </Link>
      </h2>
      <p className="quiet">
        {hit.pageTitle}, {hit.part.toLowerCase()}
      </p>
      <p>{withCode(hit.text)}</p>
    </>
  );
}

function wordsOf(count: number): string {
  if (count === 0) return 'Nothing in the help has all of these words.';
  return count === 1 ? 'One place has them.' : `${count} places have them.`;
}

/** One help page, to itself. */
export function HelpPage() {
  const { page } = pageRoute.useParams();
  const help = helpPages[page];
  useTitle(help === undefined ? 'Help' : `Help: ${help.title}`);
  return (
    <div className="help-page">
      <p>
        <Link to="/help">All help pages</Link>
      </p>
      <h1>{help?.title ?? 'There is no such help page'}</h1>
      {help === undefined ? null : <HelpArticle help={help} level={2} />}
    </div>
  );
}
