import { createHash } from 'node:crypto';
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders, messageOf, type Log } from '../base/index.ts';
import { resultRequestSchema, type ResultRequest } from '../contract/index.ts';
import { Bell } from './pacer.ts';
import { temporaryPrefix, writeDurably } from './state-file.ts';

/** A result that the manager has not acknowledged yet. */
export interface SpooledResult {
  readonly file: string;
  readonly jobId: string;
  readonly result: ResultRequest;
  readonly sizeBytes: number;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly log: Log;
  /** Beyond this no more work is taken on; what is there is never thrown away to make room. */
  readonly maxBytes?: number;
}

const entrySchema = z.object({ jobId: z.uuid(), result: resultRequestSchema });
const fileName = /^\d{16}\.result$/;

/**
 * Finished results on disk, oldest first, one file each: a checksum, then the result. A file that has its name is
 * whole unless the disk itself lied; one that fails its checksum is dropped, and its job comes back when its lease ends.
 */
export class Spool {
  /** Rung when there is something new to deliver. */
  readonly filled = new Bell();
  readonly #folder: string;
  readonly #log: Log;
  readonly #maxBytes: number;
  readonly #entries = new Map<string, SpooledResult>();
  #nextNumber = 1;
  #sizeBytes = 0;
  #lastAdd: Promise<void> = Promise.resolve();

  private constructor({ folder, log, maxBytes = 33_554_432 }: SpoolOptions) {
    this.#folder = folder;
    this.#log = log;
    this.#maxBytes = maxBytes;
  }

  /** Opens the folder and reads what an earlier process left there. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    await makeFolders(options.folder, 0o700);
    for (const name of (await readdir(options.folder)).sort()) await spool.#readFile(name);
    if (spool.count > 0) options.log.info({ results: spool.count }, 'results of an earlier run are still to deliver');
    return spool;
  }

  get count(): number {
    return this.#entries.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get hasRoom(): boolean {
    return this.#sizeBytes < this.#maxBytes;
  }

  /** Oldest first. */
  entries(): readonly SpooledResult[] {
    return [...this.#entries.values()];
  }

  /**
   * Keeps a result; once this resolves it outlives the process. Results are kept in the order of the calls. On a disk
   * that takes no more a result is held in memory alone: delivering it may still work, dropping it never does.
   */
  async add(jobId: string, result: ResultRequest): Promise<void> {
    const turn = this.#lastAdd.then(async () => await this.#write(jobId, result));
    this.#lastAdd = turn;
    await turn;
  }

  /** Forgets a result that was acknowledged, or turned away for good. */
  async remove(entry: SpooledResult): Promise<void> {
    if (!this.#entries.delete(entry.file)) return;
    this.#sizeBytes -= entry.sizeBytes;
    await this.#unlink(entry.file);
  }

  async #write(jobId: string, result: ResultRequest): Promise<void> {
    const file = `${String(this.#nextNumber).padStart(16, '0')}.result`;
    this.#nextNumber += 1;
    const body = JSON.stringify({ jobId, result });
    try {
      await writeDurably(join(this.#folder, file), `${checksum(body)}\n${body}\n`);
    } catch (error) {
      this.#log.error(
        { jobId, error: messageOf(error) },
        'a result could not be written to disk and is held in memory',
      );
    }
    this.#keep({ file, jobId, result, sizeBytes: body.length });
    this.filled.ring();
  }

  #keep(entry: SpooledResult): void {
    this.#entries.set(entry.file, entry);
    this.#sizeBytes += entry.sizeBytes;
  }

  async #readFile(name: string): Promise<void> {
    if (name.startsWith(temporaryPrefix)) return await this.#unlink(name);
    if (!fileName.test(name)) return;
    this.#nextNumber = Math.max(this.#nextNumber, Number.parseInt(name, 10) + 1);
    const [sum = '', body = ''] = (await readFile(join(this.#folder, name), 'utf8')).split('\n');
    const entry = sum === checksum(body) ? entrySchema.safeParse(JSON.parse(body)) : undefined;
    if (entry?.success === true) return this.#keep({ file: name, ...entry.data, sizeBytes: body.length });
    this.#log.error(
      { file: name },
      'a spooled result is damaged and was dropped; its job comes back when its lease ends',
    );
    await this.#unlink(name);
  }

  async #unlink(name: string): Promise<void> {
    try {
      await unlink(join(this.#folder, name));
    } catch (error) {
      this.#log.debug({ file: name, error: messageOf(error) }, 'a file of the spool was not there to remove');
    }
  }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
