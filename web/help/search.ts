import type { HelpPage } from '../../help/index.ts';

/** A place in the help that has what was looked for. */
export interface HelpHit {
  readonly page: string;
  readonly pageTitle: string;
  /** What kind of place it is, as the headings of the help call it. */
  readonly part: 'About the page' | 'Fields and columns' | 'How to' | 'Gotchas' | 'API calls';
  /** What stands over the text; '' where nothing does. */
  readonly title: string;
  readonly text: string;
  /** The place on the help page; '' for its top. */
  readonly anchor: string;
}

const most = 20;

/** Places that have every word that was typed, those with the words in their title first; none for an empty question. */
export function searchHelp(pages: readonly HelpPage[], question: string): HelpHit[] {
  const words = question.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const hits = pages.flatMap(placesOf).filter((place) => has(`${place.pageTitle} ${place.title} ${place.text}`));
  const rank = ({ pageTitle, title }: HelpHit) => (has(title) ? 0 : has(`${pageTitle} ${title}`) ? 1 : 2);
  // A stable sort: equals stay in the order of the pages.
  return hits.sort((a, b) => rank(a) - rank(b)).slice(0, most);
}

/** The place of an entry on its page: the same wherever it is asked for. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function placesOf(help: HelpPage): HelpHit[] {
  const at = (part: HelpHit['part'], title: string, text: string, anchor = anchorOf(title)): HelpHit => ({
    page: help.page,
    pageTitle: help.title,
    part,
    title,
    text,
    anchor,
  });
  return [
    at('About the page', '', help.intro),
    ...help.howTos.map(({ title, steps }) => at('How to', title, steps.join(' '))),
    ...help.fields.map(({ name, description }) => at('Fields and columns', name, description)),
    ...help.gotchas.map((gotcha) => at('Gotchas', '', gotcha, 'gotchas')),
    ...help.apiCalls.map(({ method, path, description }) =>
      at('API calls', `${method} ${path}`, description, 'api-calls'),
    ),
  ];
}
