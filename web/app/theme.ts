import { useState } from 'react';

const choices = ['system', 'light', 'dark'] as const;
/** `system` follows the operating system's setting. */
export type Theme = (typeof choices)[number];

const storageKey = 'plimsoll-theme';

/** Puts the stored choice on the document; called before the first render so that no wrong colour flashes up. */
export function applyStoredTheme(): void {
  apply(readStored());
}

/** The chosen theme, and a function that goes on to the next. */
export function useTheme(): { theme: Theme; next: Theme; goOn: () => void } {
  const [theme, setTheme] = useState(readStored);
  const next = choices[(choices.indexOf(theme) + 1) % choices.length] ?? 'system';
  const goOn = () => {
    store(next);
    apply(next);
    setTheme(next);
  };
  return { theme, next, goOn };
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** Storage can be switched off in a browser; the choice then lasts as long as the page. */
function readStored(): Theme {
  try {
    const stored = localStorage.getItem(storageKey);
    return choices.find((choice) => choice === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // The theme still changes for this page.
  }
}
