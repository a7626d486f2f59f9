import { commandForDeployment } from '../../base/index.ts';
import type { BundleEntry, RestoreStep } from '../../contract/index.ts';

type Restorable = Pick<BundleEntry, 'id' | 'encrypted' | 'state'>;

/** How a bundle is brought back with Plimsoll's own program: each step with the command as it is typed here. */
export function restoreSteps(bundle: Restorable, migratorCommand: string): RestoreStep[] {
  const command = (words: string): string => commandForDeployment(`plimsoll backup ${words}`, migratorCommand);
  return [
    ...precaution(bundle, command),
    {
      what: 'See what it would bring back, what would be lost, and what speaks against it. Nothing is changed.',
      command: command(`restore ${bundle.id} --dry-run${identityOf(bundle)}`),
    },
    {
      what: 'Restore it beside the databases of now, and swap. It shows the same, and asks for the id first.',
      command: command(`restore ${bundle.id}${identityOf(bundle)}`),
    },
    {
      what: 'If that was a mistake: bring the databases from before back.',
      command: command('restore --back'),
    },
    {
      what: 'Once all is well: drop the databases from before. There is no way back then.',
      command: command('restore --forget'),
    },
  ];
}

/** What is not known to be good is looked at first: a restore refuses it otherwise. */
function precaution({ id, state }: Restorable, command: (words: string) => string): RestoreStep[] {
  if (state === 'verified' || state === 'proven') return [];
  const what =
    state === 'damaged'
      ? 'Its newest check failed. See whether that is still so; another bundle is the better choice.'
      : 'It was never checked. Read its checksums first.';
  return [{ what, command: command(`verify ${id}`) }];
}

function identityOf({ encrypted }: Restorable): string {
  return encrypted ? ' --identity key.txt' : '';
}
