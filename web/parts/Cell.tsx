import type { ReactNode } from 'react';

interface CellProps {
  /** The column's name; on a narrow screen it stands before the content. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A cell of a `.stacking` table. */
export function Cell({ label, className, children }: CellProps) {
  return (
    <td data-label={label} className={className}>
      <div>{children}</div>
    </td>
  );
}
