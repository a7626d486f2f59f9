import { useRouter } from '@tanstack/react-router';
import { ProblemError, UnreachableError } from '../api/http.ts';
import { Remedy } from '../parts/Copy.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Notice } from '../parts/Section.tsx';

/** An error as people can use it: what went wrong, and what to do. */
export function ErrorNotice({ error }: { readonly error: unknown }) {
  if (error instanceof ProblemError) {
    const { title, detail, remedy, code } = error.problem;
    return (
      <Notice tone="bad" title={title} role="alert">
        <p>
          {detail} <code className="quiet">{code}</code>
        </p>
        <Remedy text={remedy} />
      </Notice>
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof UnreachableError ? (
    <Notice tone="dim" title="The manager cannot be reached" role="alert">
      <p>
        Asked for an answer, {message}. Look whether it runs, and what its log says: with{' '}
        <code>docker compose ps manager</code> and <code>docker compose logs manager</code>, or in the terminal of{' '}
        <code>npm start</code>.
      </p>
    </Notice>
  ) : (
    <Notice tone="bad" title="This page broke" role="alert">
      <p>{message}</p>
    </Notice>
  );
}

/** In place of a page that could not be shown at all. */
export function PageError({ error }: { readonly error: unknown }) {
  const router = useRouter();
  return (
    <main className="lone" id="main">
      <Mark />
      <h1>Plimsoll cannot show this page</h1>
      <ErrorNotice error={error} />
      <button type="button" className="button" data-kind="main" onClick={() => void router.invalidate()}>
        Try again
      </button>
    </main>
  );
}

/** The page for an address that leads nowhere. */
export function NotFound() {
  return (
    <main className="lone" id="main">
      <Mark />
      <h1>There is no such page</h1>
      <p className="quiet">The address may be from another release of Plimsoll.</p>
      <a className="button" data-kind="main" href="/">
        Go to the home page
      </a>
    </main>
  );
}
