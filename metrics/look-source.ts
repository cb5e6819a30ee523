import { Worker } from 'node:worker_threads';
import { SharedRead } from '../api/link/shared-read.ts';
import { compiledFile } from '../config/own-process.ts';
import { within } from '../os/within.ts';
import type { Looked, LookPlace } from './look-thread.ts';

/** Prometheus waits for 10 s, and what is known without a look is to be told in that time. */
const WAIT_MS = 4_000;
/** A look that takes longer hangs. */
const HANGS_MS = 60_000;
const MOST_HEAP_MB = 512;

export interface Timing {
  /** So long nobody has asked, and the thread is ended. */
  idleMs: number;
  /** A look that is not older is one for all who ask. */
  newEnoughMs: number;
}

const TIMING: Timing = { idleMs: 300_000, newEnoughMs: 5_000 };

/** Looks at the server and TinyTask in a thread of its own, which is there only while somebody asks. */
export class LookSource {
  readonly #place: LookPlace;
  readonly #timing: Timing;
  readonly #shared = new SharedRead(() => this.#look());
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(place: LookPlace, timing: Partial<Timing> = {}) {
    this.#place = place;
    this.#timing = { ...TIMING, ...timing };
  }

  /** Never throws. */
  async look(): Promise<Looked | 'late'> {
    clearTimeout(this.#idle);
    try {
      return await within(WAIT_MS, this.#shared.within(this.#timing.newEnoughMs));
    } catch (error) {
      return { failed: { code: null, says: String(error) }, tookMs: 0 };
    } finally {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => void this.close(), this.#timing.idleMs).unref();
    }
  }

  /** Whether there is a thread now. */
  get isThere(): boolean {
    return this.#thread !== undefined;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  /** What fails is an answer, too, so that it is not asked for again at once. */
  async #look(): Promise<Looked> {
    const thread = this.#running();
    const looked = await within(HANGS_MS, answerOf(thread));
    if (looked !== 'late' && !('ended' in looked)) return looked;
    if (this.#thread === thread) await this.close();
    const says = looked === 'late' ? 'it hangs' : looked.ended;
    return { failed: { code: null, says }, tookMs: looked === 'late' ? HANGS_MS : 0 };
  }

  #running(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(compiledFile('metrics/look-thread.js'), {
      workerData: this.#place,
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    });
    thread.unref();
    thread.on('error', () => undefined);
    thread.once('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    this.#thread = thread;
    return thread;
  }
}

function answerOf(thread: Worker): Promise<Looked | { ended: string }> {
  return new Promise((resolve) => {
    const settle = (looked: Looked | { ended: string }) => {
      thread.off('message', settle);
      thread.off('error', fail);
      thread.off('exit', end);
      resolve(looked);
    };
    const fail = (error: Error) => settle({ ended: String(error) });
    const end = () => settle({ ended: 'its thread has ended' });
    thread.on('message', settle);
    thread.on('error', fail);
    thread.on('exit', end);
    thread.postMessage('look');
  });
}
