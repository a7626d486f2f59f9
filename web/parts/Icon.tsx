const drawings = {
  check: 'M13.5 4.5 6.5 11.5 2.8 7.8',
  up: 'M8 13V3.5M3.8 7.7 8 3.5l4.2 4.2',
  down: 'M8 3v9.5M3.8 8.3 8 12.5l4.2-4.2',
  question: 'M5.6 6a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.3 1-1.3 1.9M8 12.9v.1',
  warning: 'M8 2.2 14.4 13.3H1.6zM8 6.5v3M8 11.4v.1',
  stop: 'M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.6M8 5v.1',
  skip: 'M3 8h10',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  download: 'M8 2.5v7.6M4.6 6.9 8 10.3l3.4-3.4M2.5 13.5h11',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.4 6.5a1.7 1.7 0 1 1 2.5 1.5c-.5.3-.9.7-.9 1.3M8 11.2v.1',
  close: 'm3.5 3.5 9 9M12.5 3.5l-9 9',
  chevron: 'm6 3.5 4.5 4.5L6 12.5',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  moon: 'M13.5 9.6A5.9 5.9 0 0 1 6.4 2.5a5.9 5.9 0 1 0 7.1 7.1z',
  system: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  leave: 'M6.5 2.5h-4v11h4M6 8h7.5M10.6 5.1 13.5 8l-2.9 2.9',
  running: 'M13.5 8A5.5 5.5 0 1 1 8 2.5M13.5 3v2.5H11',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  lock: 'M3.5 7.2h9v6.3h-9zM5.4 7.2V5a2.6 2.6 0 0 1 5.2 0v2.2',
} as const;

export type IconName = keyof typeof drawings;

/** A line drawing beside a word; never the only bearer of a meaning, so it is hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={drawings[name]} />
    </svg>
  );
}
