import type { Reason, Severity, Verdict } from '../../src/contract/index.ts';

/** Reasons of one severity that the same remedy mends. */
export interface ReasonGroup {
  readonly severity: Severity;
  readonly remedy: string;
  readonly members: readonly Reason[];
}

const order: Readonly<Record<Severity, number>> = { block: 0, warn: 1, info: 2 };

/** Worst first; what one command mends stands together, so that the command is shown once. Without a command each stands alone. */
export function groupReasons(reasons: readonly Reason[]): ReasonGroup[] {
  const worstFirst = [...reasons].sort((a, b) => order[a.severity] - order[b.severity]);
  const groups = Map.groupBy(worstFirst, (reason, index) =>
    reason.remedy === '' ? index : `${reason.severity} ${reason.remedy}`,
  );
  return [...groups.values()].flatMap((members) => {
    const first = members[0];
    return first === undefined ? [] : [{ severity: first.severity, remedy: first.remedy, members }];
  });
}

/** What a reason says beyond the headline: '' when the headline has said all of it. */
export function saidBeyond(headline: string, { message }: Reason): string {
  return headline.includes(message) ? '' : message;
}

/** The reasons that have something to show under this headline; the command that the upgrade names as its next is shown there. */
export function reasonsUnder({ headline, reasons }: Verdict, nextCommand: string | undefined): Reason[] {
  return reasons
    .map((reason) => (isOfUpgrade(reason, nextCommand) ? Object.assign({}, reason, { remedy: '' }) : reason))
    .filter((reason) => reason.remedy !== '' || saidBeyond(headline, reason) !== '');
}

function isOfUpgrade({ part, remedy }: Reason, nextCommand: string | undefined): boolean {
  return remedy === nextCommand && (part === 'upgrade' || part === 'preflight');
}
