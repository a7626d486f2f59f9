import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import type { Freshness } from '../api/live.ts';
import { isSignedOut } from '../api/session.ts';
import { Icon } from '../parts/Icon.tsx';
import { LiveState } from '../parts/LiveState.tsx';
import { ClockSkew } from '../parts/Time.tsx';
import { ErrorNotice } from './Failure.tsx';

interface LivePageProps {
  readonly title: string;
  /** Name of its help page. */
  readonly help: string;
  readonly helpOpen: boolean;
  readonly onHelp: (open: boolean) => void;
  /** The last answer, and why there is no newer one. */
  readonly reading: Freshness | undefined;
  readonly error: Error | null;
  readonly everySeconds: number;
  readonly actions?: ReactNode;
  /** Shown until the first answer is there. */
  readonly skeleton: ReactNode;
  readonly children: ReactNode;
}

/** The help of all pages comes with it, which no first load has to wait for. */
const HelpPanel = lazy(async () => ({ default: (await import('../help/HelpPanel.tsx')).HelpPanel }));

/** A page that keeps itself up to date: heading, freshness, actions, help beside it; leads to the sign-in when signed out. */
export function LivePage(props: LivePageProps) {
  const { title, help, helpOpen, onHelp, reading, error } = props;
  useSignInWhenSignedOut(error);
  return (
    <div className="with-help" data-help={helpOpen}>
      <div className="page-body">
        <div className="page-head">
          <h1>{title}</h1>
          <LiveState reading={reading} error={error} everySeconds={props.everySeconds} />
          <div className="page-actions">
            {reading ? props.actions : null}
            <button type="button" className="button" aria-expanded={helpOpen} onClick={() => onHelp(!helpOpen)}>
              <Icon name="help" />
              Help
            </button>
          </div>
        </div>
        {reading ? (
          <ClockSkew value={reading.clockSkewMs}>{props.children}</ClockSkew>
        ) : (
          (error && <ErrorNotice error={error} />) || props.skeleton
        )}
      </div>
      {helpOpen ? (
        <Suspense fallback={null}>
          <HelpPanel page={help} onClose={() => onHelp(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function useSignInWhenSignedOut(error: unknown): void {
  const navigate = useNavigate();
  const signedOut = isSignedOut(error);
  useEffect(() => {
    if (!signedOut) return;
    const next = `${location.pathname}${location.search}`;
    void navigate({ to: '/sign-in', search: { next } });
  }, [signedOut, navigate]);
}
