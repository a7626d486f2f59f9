import type { ReactNode } from 'react';
import type { PartError } from '../../src/contract/index.ts';
import { Notice } from './Section.tsx';
import { sentence } from './sentence.ts';

interface UnreadableProps {
  readonly title: string;
  readonly error: PartError | null;
  /** The last known value, told with its time. */
  readonly children?: ReactNode;
}

/** A part that could not be read: why, and what was known before. Never looks like an empty one. */
export function Unreadable({ title, error, children }: UnreadableProps) {
  return (
    <Notice tone="dim" title={title}>
      {error === null ? null : (
        <p>
          {sentence(error.message)} <code className="quiet">{error.code}</code>
        </p>
      )}
      {children}
    </Notice>
  );
}
