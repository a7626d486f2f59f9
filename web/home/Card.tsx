import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Section } from '../parts/Section.tsx';

interface CardProps {
  readonly title: string;
  readonly to: NonNullable<LinkProps['to']>;
  /** The page it leads to. */
  readonly page: string;
  readonly children: ReactNode;
}

/** One part of the deployment in a few words, with the way to the page that has the whole of it. */
export function Card({ title, to, page, children }: CardProps) {
  return (
    <Section
      title={title}
      className="home-card"
      aside={
        <Link to={to}>
          {page}
          <span className="only-spoken">: more about {title.toLowerCase()}</span>
        </Link>
      }
    >
      {children}
    </Section>
  );
}
