import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

export type Tone = 'good' | 'note' | 'warn' | 'bad' | 'dim' | 'plain';

/** How one state looks: always an icon and a word, the colour only repeats them. */
export interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly word: string;
}

/** A status as icon and word: colour never carries it alone. */
export function Status({ look, children }: { readonly look: Look; readonly children?: ReactNode }) {
  return (
    <span className="status" data-tone={look.tone}>
      <Icon name={look.icon} />
      <span>{children ?? look.word}</span>
    </span>
  );
}
