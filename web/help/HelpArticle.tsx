import { Link } from '@tanstack/react-router';
import type { HelpPage } from '../../help/index.ts';
import { adminPages, mainPages } from '../app/pages.ts';
import { withCode } from '../parts/with-code.tsx';
import { anchorOf } from './search.ts';

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
          <div key={field.name} id={anchorOf(field.name)}>
            <dt>{field.name}</dt>
            <dd>{withCode(field.description)}</dd>
          </div>
        ))}
      </dl>
      <Heading>How to</Heading>
      {help.howTos.map((howTo) => (
        <div key={howTo.title} className="help-how" id={anchorOf(howTo.title)}>
          <SubHeading>{howTo.title}</SubHeading>
          <ol>
            {howTo.steps.map((step) => (
              <li key={step}>{withCode(step)}</li>
            ))}
          </ol>
        </div>
      ))}
      <Heading id="gotchas">Gotchas</Heading>
      <ul className="bullets">
        {help.gotchas.map((gotcha) => (
          <li key={gotcha}>{withCode(gotcha)}</li>
        ))}
      </ul>
      <Heading id="api-calls">API calls</Heading>
      <ul className="help-calls">
        {help.apiCalls.map((call) => (
          <li key={`${call.method} ${call.path}`}>
            <code>
              {call.method} {call.path}
            </code>
            <p>{withCode(call.description)}</p>
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

const pages = [...mainPages, ...adminPages];

function Related({ page, title }: { readonly page: string; readonly title: string }) {
  const to = pages.find(({ help }) => help === page)?.to;
  return to === undefined ? title : <Link to={to}>{title}</Link>;
}
