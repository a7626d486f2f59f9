import type { ReactNode } from 'react';

interface ColumnsProps {
  readonly names: readonly string[];
  /** What stands behind them: the column of the buttons. */
  readonly children?: ReactNode;
}

/** The head of a table. Each column is marked with its name, as the help knows it. */
export function Columns({ names, children }: ColumnsProps) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col" data-field={name}>
            {name}
          </th>
        ))}
        {children}
      </tr>
    </thead>
  );
}
