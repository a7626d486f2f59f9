import { Icon } from './Icon.tsx';

interface PagerProps {
  readonly label: string;
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
  /** True on any page but the first. */
  readonly begun: boolean;
  /** Goes to the page that begins there; '' is the first. */
  readonly onPage: (begin: string) => void;
}

/** The way to the next page of a list and back to its first; the browser's own way back leads to the one before. */
export function Pager({ label, next, begun, onPage }: PagerProps) {
  if (next === null && !begun) return null;
  return (
    <nav className="pager" aria-label={label}>
      {begun ? (
        <button type="button" className="button" onClick={() => onPage('')}>
          First page
        </button>
      ) : null}
      {next === null ? null : (
        <button type="button" className="button" onClick={() => onPage(next)}>
          Next page
          <Icon name="chevron" />
        </button>
      )}
    </nav>
  );
}
