import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RESTORED_FROM } from '../../config/restored-from.ts';
import { RefusedError } from '../../contract/api.ts';
import { type ErrorCode, hasCode } from '../../contract/errors.ts';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import { writeWholeFile } from '../../os/whole-file.ts';

const DAY_MS = 86_400_000;
const MOST_KEPT = 10_000;
const TIDY_MS = 3_600_000;

/** Whoever fails so has made nothing, for certain. */
const NOTHING_MADE: ErrorCode[] = ['tinytask-refused', 'no-such-task', 'existing-schedule'];

const shape = z.strictObject({
  request: z.string(),
  made: z.int().nullable(),
  createdAt: z.string().optional(),
});
type Kept = z.infer<typeof shape>;

/** `createdAt`: of a task, whose number may be that of another one in another TinyTask. */
export interface Made {
  id: number;
  createdAt?: string;
}

/** What a key is for: how the thing is made, and how one that was made already is found by its mark. */
export interface Making {
  /** The same text for the same request. */
  request: string;
  make(mark: string): Promise<Made>;
  find(mark: string): Promise<Made | undefined>;
  /** Whether what was made with the key is of another place than where it would be made now. Absent: it never is. */
  isOfAnother?(made: Made): Promise<boolean>;
}

/** `isNew`: false: the same key made it before. */
export type MadeOnce = Made & { isNew: boolean };

/**
 * What was made by a request with an Idempotency-Key, so that the same request makes nothing twice, also where this process was
 * killed between making and answering: the thing carries a mark, by which it is found then. Keys are kept for a day, and the last
 * 10,000 of them.
 */
export class KeyStore {
  readonly #dir: string;
  readonly #restoredFrom: string;
  readonly #underWay = new Map<string, Promise<MadeOnce>>();
  #tidyAtMs = 0;

  constructor(stateDir: string) {
    this.#dir = join(stateDir, 'api-keys');
    this.#restoredFrom = join(stateDir, RESTORED_FROM);
  }

  /**
   * @param owner whose key it is: two callers may have the same
   * @throws RefusedError `key-used` where it came with another request
   */
  async once(owner: string, key: string, making: Making): Promise<MadeOnce> {
    const mark = markOf(owner, key);
    const request = createHash('sha256').update(making.request).digest('hex');
    // One after the other: the second of two finds what the first has made.
    const before = this.#underWay.get(mark);
    const work = (before ?? Promise.resolve()).then(
      () => this.#alone(mark, key, { ...making, request }),
      () => this.#alone(mark, key, { ...making, request }),
    );
    this.#underWay.set(mark, work);
    try {
      return await work;
    } finally {
      if (this.#underWay.get(mark) === work) this.#underWay.delete(mark);
    }
  }

  /** What was made with that key within the last day; undefined: nothing, or nobody knows yet. */
  async made(owner: string, key: string): Promise<Made | undefined> {
    return madeIn(await read(this.#path(markOf(owner, key))));
  }

  /** Also of the servers of one state directory, of which there may be several for a while. */
  #alone(mark: string, key: string, making: Making): Promise<MadeOnce> {
    return oneAtATime(join(this.#dir, `${mark}.lock`), () => this.#once(mark, key, making));
  }

  async #once(mark: string, key: string, making: Making): Promise<MadeOnce> {
    const { request, make, find, isOfAnother = async () => false } = making;
    const path = this.#path(mark);
    const kept = await read(path);
    if (kept !== undefined && kept.request !== request) throw new RefusedError({ code: 'key-used', key });
    const before = madeIn(kept);
    if (before !== undefined && !(await isOfAnother(before))) return { ...before, isNew: false };
    // It was begun, and nobody knows how it ended; or what was kept of it is not in the backup that this comes from.
    const mayBeThere = kept !== undefined || (await this.#wasRestored());
    const found = mayBeThere ? await find(mark) : undefined;
    if (kept === undefined || before !== undefined) await this.#write(path, { request, made: null });
    const { id, ...more } = found ?? (await this.#made(mark, make, kept === undefined));
    await this.#write(path, { request, made: id, ...more });
    await this.#tidy();
    return { id, ...more, isNew: found === undefined };
  }

  /** What was refused may be asked for otherwise by the same key: it was for nothing. */
  async #made(mark: string, make: Making['make'], isFirst: boolean): Promise<Made> {
    try {
      return await make(mark);
    } catch (error) {
      if (isFirst && hasCode(error, ...NOTHING_MADE)) await rm(this.#path(mark), { force: true });
      throw error;
    }
  }

  /** Within the time for which keys are kept. */
  async #wasRestored(): Promise<boolean> {
    const restored = await stat(this.#restoredFrom).catch(() => undefined);
    return restored !== undefined && Date.now() - restored.mtimeMs < DAY_MS;
  }

  #path(mark: string): string {
    return join(this.#dir, `${mark}.json`);
  }

  #write(path: string, kept: Kept): Promise<void> {
    return writeWholeFile(path, JSON.stringify(kept));
  }

  async #tidy(): Promise<void> {
    if (Date.now() < this.#tidyAtMs) return;
    this.#tidyAtMs = Date.now() + TIDY_MS;
    const names = (await readdir(this.#dir)).map((name) => join(this.#dir, name));
    const aged = await Promise.all(
      names.map(async (path) => ({ path, atMs: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 })),
    );
    aged.sort((a, b) => b.atMs - a.atMs);
    const over = aged.filter(({ atMs }, place) => place >= MOST_KEPT || Date.now() - atMs > DAY_MS);
    await Promise.all(over.map(({ path }) => rm(path, { force: true })));
  }
}

function markOf(owner: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, key]))
    .digest('hex')
    .slice(0, 32);
}

/** Files are written whole, so one that cannot be read is a defect. */
async function read(path: string): Promise<Kept | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : shape.parse(JSON.parse(text));
}

function madeIn(kept: Kept | undefined): Made | undefined {
  if (kept === undefined || kept.made === null) return undefined;
  const { made: id, createdAt } = kept;
  return { id, ...(createdAt !== undefined && { createdAt }) };
}
