import { Fragment, useEffect, useState } from 'react';
import { copyText } from './clipboard.ts';
import { Icon } from './Icon.tsx';

const shownMs = 2000;

interface CopyButtonProps {
  readonly text: () => string;
  /** What the button says; with `what` it is the accessible name's end, as in "Copy command". */
  readonly label: string;
  readonly className?: string;
  readonly hint?: string;
}

/** A button that copies, and says whether it did. */
export function CopyButton({ text, label, className = 'button', hint }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copyText(text())) ? 'copied' : 'failed');
  return (
    <>
      <button
        type="button"
        className={className}
        title={hint}
        data-outcome={outcome ?? undefined}
        onClick={() => void copy()}
      >
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} />
        <span>{outcome === null ? label : says[outcome]}</span>
      </button>
      <output className="only-spoken">{outcome === null ? '' : speaks[outcome]}</output>
    </>
  );
}

const says = { copied: 'Copied', failed: 'Not allowed' } as const;
const speaks = { copied: 'It is on the clipboard.', failed: 'The browser does not allow copying.' } as const;

/** A command to type elsewhere, with its copy button. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div className="command">
      <code className="command-text">
        {text.split(' ').map((word, index) => (
          // Words keep their place; a command may well repeat one.
          // oxlint-disable-next-line react/no-array-index-key
          <Fragment key={index}>
            {index === 0 ? null : ' '}
            <span className="command-word">{word}</span>
          </Fragment>
        ))}
      </code>
      <CopyButton text={() => text} label="Copy" className="command-copy" hint="Copy this command" />
    </div>
  );
}

/** A remedy: text that is a command gets a copy button, any other advice is a sentence. */
export function Remedy({ text }: { readonly text: string }) {
  if (text === '') return null;
  return isCommand(text) ? <Command text={text} /> : <p className="remedy">{text}</p>;
}

const programs = /^(?:sudo|docker|npx|npm|node|git|plimsoll|psql|pg_\w+|helm|kubectl|systemctl|curl|[A-Z_]+=\S+)\s/;

function isCommand(text: string): boolean {
  return programs.test(text);
}
