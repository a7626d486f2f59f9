import './release.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { postureQuery, type PostureReading } from '../api/posture.ts';
import { isSignedOut } from '../api/session.ts';
import { ErrorNotice } from '../app/Failure.tsx';
import type { ReleaseSearch } from '../app/search.ts';
import { HelpPanel } from '../help/HelpPanel.tsx';
import { Icon } from '../parts/Icon.tsx';
import { ClockSkew } from '../parts/Time.tsx';
import { LiveState } from './LiveState.tsx';
import { ReleaseActions } from './ReleaseActions.tsx';
import { ReleaseSkeleton } from './ReleaseSkeleton.tsx';
import { ReleaseView } from './ReleaseView.tsx';

const route = getRouteApi('/shell/admin/release');

/** Admin > Release: asks for the posture every two seconds and shows the last one it got. */
export function ReleasePage() {
  const { data: reading, error } = useQuery(postureQuery);
  useSignInWhenSignedOut(error);
  useTitle(reading);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: ReleaseSearch) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  const helpOpen = search.help === '1';
  return (
    <div className="with-help" data-help={helpOpen}>
      <div className="release">
        <div className="page-head">
          <h1>Release</h1>
          <LiveState reading={reading} error={error} />
          <div className="page-actions">
            {reading ? <ReleaseActions posture={reading.posture} /> : null}
            <button
              type="button"
              className="button"
              aria-expanded={helpOpen}
              onClick={() => change({ help: helpOpen ? '' : '1' })}
            >
              <Icon name="help" />
              Help
            </button>
          </div>
        </div>
        {reading ? (
          <ClockSkew value={reading.clockSkewMs}>
            <ReleaseView posture={reading.posture} search={search} onSearch={change} />
          </ClockSkew>
        ) : (
          (error && <ErrorNotice error={error} />) || <ReleaseSkeleton />
        )}
      </div>
      {helpOpen ? <HelpPanel page="release" onClose={() => change({ help: '' })} /> : null}
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

/** The verdict in the tab's title, so that it can be watched from another tab. */
function useTitle(reading: PostureReading | undefined): void {
  const headline = reading?.posture.verdict.headline;
  useEffect(() => {
    document.title = headline === undefined ? 'Release · Plimsoll' : `${headline} · Release · Plimsoll`;
  }, [headline]);
}
