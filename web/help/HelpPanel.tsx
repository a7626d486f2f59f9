import './help.css';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { helpPages } from '../../help/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { HelpArticle } from './HelpArticle.tsx';

const roomForBoth = '(min-width: 1100px)';

interface HelpPanelProps {
  readonly page: string;
  readonly onClose: () => void;
}

/** A page's help: beside it where there is room for both, over it where there is not. Escape closes it either way. */
export function HelpPanel({ page, onClose }: HelpPanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return undefined;
    const returnTo = document.activeElement;
    if (matchMedia(roomForBoth).matches) element.show();
    else element.showModal();
    return () => {
      element.close();
      if (returnTo instanceof HTMLElement) returnTo.focus();
    };
  }, []);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && dialog.current?.contains(document.activeElement)) onClose();
    };
    document.addEventListener('keydown', closeOnEscape);
    return () => document.removeEventListener('keydown', closeOnEscape);
  }, [onClose]);
  const help = helpPages[page];
  if (help === undefined) return null;
  return (
    <dialog
      ref={dialog}
      className="help-panel"
      aria-labelledby="help-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="help-panel-head">
        <h2 id="help-title">Help: {help.title}</h2>
        <button type="button" className="button" data-kind="icon" aria-label="Close help" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <HelpArticle help={help} level={3} />
      <p className="help-panel-foot">
        <Link to="/help/$page" params={{ page }}>
          Open as a page
        </Link>
      </p>
    </dialog>
  );
}
