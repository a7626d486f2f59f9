import { helpPages } from '../../../help/index.ts';
import type { HelpPageDocument } from '../../contract/index.ts';

/** The help that ships with this release. */
export const shippedHelp: readonly HelpPageDocument[] = Object.values(helpPages);
