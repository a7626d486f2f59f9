import { useId, type ReactNode } from 'react';

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** One part of a page under its heading. `data-field` is the name that the help page explains. */
export function Section({ title, aside, className, children }: SectionProps) {
  const id = useId();
  return (
    <section className={`section ${className ?? ''}`} aria-labelledby={id} data-field={title}>
      <div className="section-head">
        <h2 id={id}>{title}</h2>
        {aside === undefined ? null : <div className="section-aside">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

interface NoticeProps {
  readonly tone: 'good' | 'note' | 'warn' | 'bad' | 'dim' | 'plain';
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly role?: 'alert' | 'status';
}

/** A short message set apart from what is around it. */
export function Notice({ tone, title, children, role }: NoticeProps) {
  return (
    <div className="notice" data-tone={tone} role={role}>
      {title === undefined ? null : <p className="notice-title">{title}</p>}
      {children}
    </div>
  );
}
