import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders, messageOf, writeDurably, type Log } from '../base/index.ts';
import { sampleSchema, type Sample } from './samples.ts';

/** The samples of each database. */
export type Samples = Readonly<Record<'config' | 'results' | 'jobs', readonly Sample[]>>;

export const noSamples: Samples = { config: [], results: [], jobs: [] };

const list = z.array(sampleSchema);
const fileSchema = z.strictObject({
  format: z.literal('plimsoll database samples 1'),
  samples: z.strictObject({ config: list, results: list, jobs: list }),
});

/** Where samples outlive the process; a folder that cannot be used costs nothing but that. */
export interface SampleFile {
  load(): Promise<Samples>;
  save(samples: Samples): Promise<void>;
}

/** The file `database-samples.json` in the data folder. */
export function openSampleFile(dataDir: string, log: Log): SampleFile {
  const path = join(dataDir, 'database-samples.json');
  let complained = false;
  return {
    load: async () => {
      try {
        return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).samples;
      } catch (error) {
        const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        if (!isMissing) log.warn({ path, reason: messageOf(error) }, 'ignoring the file of database samples');
        return noSamples;
      }
    },
    save: async (samples) => {
      try {
        await makeFolders(dataDir, 0o700);
        await writeDurably(path, `${JSON.stringify({ format: 'plimsoll database samples 1', samples })}\n`);
        complained = false;
      } catch (error) {
        if (!complained) log.warn({ path, reason: messageOf(error) }, 'cannot keep the samples of the databases');
        complained = true;
      }
    },
  };
}
