import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { HelpPage } from '../../help/index.ts';

/** A help page's five parts, under headings of the given level. */
export function HelpArticle({ help, level }: { readonly help: HelpPage; readonly level: 2 | 3 }) {
  const Heading = level === 2 ? 'h2' : 'h3';
  const SubHeading = level === 2 ? 'h3' : 'h4';
  return (
    <div className="help-article">
      <p>{help.intro}</p>
      <Heading>Fields and columns</Heading>
      <dl className="help-fields">
        {help.fields.map((field) => (
          <div key={field.name}>
            <dt>{field.name}</dt>
            <dd>{field.description}</dd>
          </div>
        ))}
      </dl>
      <Heading>How to</Heading>
      {help.howTos.map((howTo) => (
        <div key={howTo.title} className="help-how">
          <SubHeading>{howTo.title}</SubHeading>
          <ol>
            {howTo.steps.map((step) => (
              <li key={step}>{withCode(step)}</li>
            ))}
          </ol>
        </div>
      ))}
      <Heading>Gotchas</Heading>
      <ul className="bullets">
        {help.gotchas.map((gotcha) => (
          <li key={gotcha}>{gotcha}</li>
        ))}
      </ul>
      <Heading>API calls</Heading>
      <ul className="help-calls">
        {help.apiCalls.map((call) => (
          <li key={`${call.method} ${call.path}`}>
            <code>
              {call.method} {call.path}
            </code>
            <p>{call.description}</p>
          </li>
        ))}
      </ul>
      <Heading>Related pages</Heading>
      <dl className="help-fields">
        {help.related.map((related) => (
          <div key={related.page}>
            <dt>
              <Related page={related.page} title={related.title} />
            </dt>
            <dd>{related.description}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Pages of this build, by the name that help gives them; only these are linked. */
const addresses: Readonly<Record<string, '/admin/release' | '/admin/scanners' | '/scans'>> = {
  release: '/admin/release',
  scanners: '/admin/scanners',
  scans: '/scans',
};

function Related({ page, title }: { readonly page: string; readonly title: string }) {
  const to = addresses[page];
  return to === undefined ? title : <Link to={to}>{title}</Link>;
}

/** Text with the parts between backticks set as code. */
function withCode(text: string): ReactNode[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part));
}
