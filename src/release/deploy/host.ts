import type { ProgramEnd } from '../program.ts';
import type { DeployImage } from './journal.ts';
import type { ManagerInstance } from './replace.ts';

/** Whose settings and roles a one-off command gets: the migrator's own, or all there are. */
export type HostPart = 'migrator' | 'operator';

/** Which image compose is set to, and what the managers run. */
export interface Installed {
  /** What the next container would be started by. */
  readonly reference: string;
  readonly managers: readonly ManagerInstance[];
}

/** Where a deployment runs. Every call may be made again after it was interrupted. */
export interface DeployHost {
  /** Throws deploy_image_missing. */
  readImage(reference: string): Promise<DeployImage>;
  /** An image by its id, under a reference that stays its own. */
  keepImage(id: string, reference: string): Promise<DeployImage>;
  /** Throws deploy_host_failed, as all that follow. */
  readInstalled(): Promise<Installed>;
  /** Makes every container that is started from now on one of this image. */
  setImage(image: DeployImage): Promise<void>;
  /** Starts one more manager, and does not wait until it is ready. */
  startManager(image: DeployImage): Promise<void>;
  /** Lets a manager finish what is under way, and removes it. */
  stopManager(id: string): Promise<void>;
  /** The last lines that a manager has said. */
  readLog(id: string): Promise<string>;
  /** Brings every other service that runs to this image, and leaves the managers alone. */
  startOthers(image: DeployImage): Promise<void>;
  /** Runs one command of an image's program to its end; `words` follow `plimsoll`, and for the migrator `plimsoll migrator`. */
  run(image: DeployImage, part: HostPart, words: readonly string[]): Promise<ProgramEnd>;
  /** The same as an operator types it. */
  commandFor(image: DeployImage, part: HostPart, words: readonly string[]): string;
}
