import './help.css';
import { getRouteApi, Link } from '@tanstack/react-router';
import { helpPages } from '../../help/index.ts';
import { useTitle } from '../app/title.ts';
import { HelpArticle } from './HelpArticle.tsx';

const route = getRouteApi('/shell/help/$page');

/** All help pages there are. */
export function HelpIndex() {
  useTitle('Help');
  return (
    <div className="help-page">
      <h1>Help</h1>
      <p className="quiet">The same text opens beside each page with its Help button.</p>
      <ul className="help-index">
        {Object.values(helpPages).map((help) => (
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
    </div>
  );
}

/** One help page, to itself. */
export function HelpPage() {
  const { page } = route.useParams();
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
