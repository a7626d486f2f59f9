/** Markup whose every part is escaped or was made by `html` itself. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | readonly (Html | null)[];

/** Template tag: whatever is put in becomes text, unless it is `Html` already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((text, each, index) => text + renderPart(parts[index - 1] ?? null) + each) };
}

function renderPart(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escape(`${part}`);
  if ('markup' in part) return part.markup;
  return part.map((each) => each?.markup ?? '').join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also what turns a line round or cannot be seen, so that nothing on the page looks like something else. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => (character === '\n' ? '\n' : '\uFFFD'));
}

/** A table that scrolls by itself where the page is narrow. */
export function table(headings: readonly string[], rows: readonly Html[]): Html {
  const head = headings.map((heading) => html`<th>${heading}</th>`);
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
