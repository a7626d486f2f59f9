import type { ReactNode } from 'react';
import type { PartError } from '../../src/contract/index.ts';
import { Notice, Section } from '../parts/Section.tsx';
import { sentence } from '../parts/sentence.ts';
import { Ago } from '../parts/Time.tsx';
import { Unreadable } from '../parts/Unreadable.tsx';

interface PartProps<T> {
  readonly title: string;
  readonly part: {
    readonly value: T | null;
    readonly readAt: string | null;
    readonly error: PartError | null;
    readonly hidden: string | null;
  };
  /** Whether the whole database is silent, which the page has said already. */
  readonly silent: boolean;
  readonly aside?: (value: T) => ReactNode;
  readonly children: (value: T) => ReactNode;
}

/** One part of a reading: what was read, or why not and what was known before; and what the role may not see of it. */
export function Part<T>({ title, part, silent, aside, children }: PartProps<T>) {
  const { value, readAt, error, hidden } = part;
  return (
    <Section title={title} className="health" aside={value === null ? undefined : aside?.(value)}>
      {error === null || (silent && value !== null) ? null : (
        <Unreadable title={value === null ? 'Not known' : 'Could not be read now'} error={silent ? null : error}>
          {value === null || readAt === null ? null : (
            <p>
              What stands here was read <Ago at={readAt} />.
            </p>
          )}
        </Unreadable>
      )}
      {hidden === null ? null : <Notice tone="dim">{sentence(hidden)}</Notice>}
      {value === null ? null : children(value)}
    </Section>
  );
}

/** What a part says when there is nothing to list: in one quiet line. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  return <p className="nothing">{children}</p>;
}

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
}

/** One fact inside a `<dl className="facts">`. */
export function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A statement, cut to two lines by the page; whole on hover. */
export function Statement({ text }: { readonly text: string | null }) {
  return text === null ? (
    <span className="quiet">not shown</span>
  ) : (
    <code className="statement" title={text}>
      {text}
    </code>
  );
}

interface TableProps {
  readonly caption: string;
  /** Names of the columns; one that ends with `#` holds numbers. */
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

/** A dense table; on a narrow screen one block a row. */
export function DenseTable({ caption, columns, children }: TableProps) {
  return (
    <table className="table stacking dense">
      <caption className="only-spoken">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" className={column.endsWith('#') ? 'number' : undefined}>
              {column.replace('#', '')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
