/** A product page's help, in five parts; shown beside the page and served by GET /api/help. */
export interface HelpPage {
  /** The page's name in addresses, as in /help/release. */
  readonly page: string;
  readonly title: string;
  readonly intro: string;
  /** Every name here stands on the page, marked with `data-field`. */
  readonly fields: { readonly name: string; readonly description: string }[];
  readonly howTos: { readonly title: string; readonly steps: readonly string[] }[];
  readonly gotchas: string[];
  readonly apiCalls: { readonly method: string; readonly path: string; readonly description: string }[];
  readonly related: { readonly page: string; readonly title: string; readonly description: string }[];
}
