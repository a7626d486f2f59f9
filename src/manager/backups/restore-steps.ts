import { commandForDeployment } from '../../base/index.ts';
import type { BundleEntry, RestoreStep } from '../../contract/index.ts';

/** How a bundle is brought back with Plimsoll's own program: each step with the command as it is typed here. */
export function restoreSteps({ id }: Pick<BundleEntry, 'id'>, migratorCommand: string): RestoreStep[] {
  const command = (words: string): string => commandForDeployment(`plimsoll ${words}`, migratorCommand);
  return [
    {
      what: 'See what it would bring back and what would be lost. Nothing is changed.',
      command: command(`backup restore ${id} --preview`),
    },
    {
      what: 'Restore it beside the databases of now, and swap. It asks for the id of the bundle first.',
      command: command(`backup restore ${id}`),
    },
    {
      what: 'If that was a mistake: swap the databases from before back in.',
      command: command('backup restore --undo'),
    },
    {
      what: 'Once all is well: let go of the databases from before.',
      command: command('backup restore --forget'),
    },
  ];
}
