import { signal } from '@preact/signals';
import { ask, type Problem, problemOf } from '../../../api/call.ts';
import type { Log } from '../../../api/shapes.ts';
import { BLOCK_BYTES, BLOCK_LINES, type Block, hasRoom, withBlock, withLast } from './blocks.ts';

/** What is held of a log. */
export interface LogNow {
  blocks: readonly Block[];
  /** Of the whole log, in bytes; null: not known yet. */
  size: number | null;
  isOver: boolean;
  /** Its end is shown as it grows. */
  follows: boolean;
  problem: Problem | undefined;
  /** A line to be brought into sight: where it begins. */
  target: number | null;
  /** Its middle was cut when it was over. */
  wasCut: boolean;
}

/** Beyond any log. */
const END = 1_000_000_000_000;
const POLL_MS = 1_500;
const SELDOM_MS = 6_000;
const MOST_AT_ONCE = 20;

/** A window of a few hundred kilobytes on the log of an attempt, which moves; one question at a time. */
export class LogWindow {
  readonly now = signal<LogNow>({
    ...{ blocks: [], size: null, isOver: false, follows: true },
    ...{ problem: undefined, target: null, wasCut: false },
  });
  readonly #path: string;
  readonly #attempt: number;
  readonly #stop = new AbortController();
  #turn: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(taskId: number, attempt: number) {
    this.#path = `/api/tasks/${taskId}/log`;
    this.#attempt = attempt;
    void this.#inTurn(() => this.#showEnd()).then(() => this.#pollIn(POLL_MS));
  }

  earlier(): Promise<void> {
    return this.#inTurn(() => this.#readEarlier());
  }

  later(): Promise<void> {
    return this.#inTurn(() => this.#readLater());
  }

  toEnd(): Promise<void> {
    this.#set({ follows: true });
    return this.#inTurn(async () => {
      const { blocks, size } = this.now.peek();
      if (size === null || blocks.at(-1)?.to !== size) await this.#showEnd();
    });
  }

  /** @param place in bytes: the line that has it is shown */
  toPlace(place: number): Promise<void> {
    this.#set({ follows: false });
    return this.#inTurn(async () => {
      const shown = this.now.peek().blocks.find(({ from, to }) => place >= from && place < to);
      if (shown === undefined) {
        const line = await this.#read({ before: place + 1, lines: 1 });
        this.#set({ blocks: [await this.#read({ from: line.from })] });
        await this.#readEarlier();
      }
      this.#set({ target: place });
    });
  }

  follow(follows: boolean): void {
    if (this.now.peek().follows !== follows) this.#set({ follows });
  }

  /** The line that was to be brought into sight is. */
  found(): void {
    this.#set({ target: null });
  }

  close(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #set(change: Partial<LogNow>): void {
    if (!this.#stop.signal.aborted) this.now.value = { ...this.now.peek(), ...change };
  }

  async #read(query: Record<string, number>): Promise<Block> {
    const given = { attempt: this.#attempt, bytes: BLOCK_BYTES, lines: BLOCK_LINES, ...query };
    const words = new URLSearchParams(Object.entries(given).map(([name, value]) => [name, String(value)]));
    const { from, to, size, text, is_over } = await ask<Log>(`${this.#path}?${words}`, this.#stop.signal);
    this.#set({ size, isOver: is_over, problem: undefined });
    return { from, to, text };
  }

  /** One after the other; what failed is shown, and may be tried again. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#set({ problem: problemOf(error) });
    });
    return this.#turn;
  }

  async #showEnd(): Promise<void> {
    const last = await this.#read({ before: END });
    this.#set({ blocks: [last], target: null });
    await this.#readEarlier();
  }

  async #readEarlier(): Promise<void> {
    const [first] = this.now.peek().blocks;
    if (first === undefined || first.from === 0) return;
    const block = await this.#read({ before: first.from });
    this.#set({ blocks: withBlock(this.now.peek().blocks, block, 'start') });
  }

  async #readLater(): Promise<void> {
    const last = this.now.peek().blocks.at(-1);
    if (last === undefined || last.to >= (this.now.peek().size ?? 0)) return;
    const block = await this.#read({ from: last.to });
    this.#set({ blocks: withBlock(this.now.peek().blocks, block, 'end') });
  }

  async #lookForMore(): Promise<void> {
    const { blocks, size } = this.now.peek();
    const last = blocks.at(-1);
    if (last === undefined) return this.#showEnd();
    const wasAtEnd = last.to >= (size ?? 0);
    await this.#read({ from: -1, bytes: 1 });
    const { size: grown, follows } = this.now.peek();
    // What was not at the end only learns how long the log is by now.
    if (grown === null || grown === last.to) return;
    if (grown < last.to) {
      this.#set({ wasCut: true });
      return this.#showEnd();
    }
    if (follows && grown - last.to > MOST_AT_ONCE * BLOCK_BYTES) return this.#showEnd();
    if (wasAtEnd && hasRoom(last))
      this.#set({ blocks: withLast(this.now.peek().blocks, await this.#read({ from: last.from })) });
    for (let times = 0; this.now.peek().follows && times < MOST_AT_ONCE; times += 1) await this.#readLater();
  }

  #pollIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      if (!document.hidden) await this.#inTurn(() => this.#lookForMore());
      const { isOver, follows, problem } = this.now.peek();
      if (this.#stop.signal.aborted || (isOver && problem === undefined)) return;
      this.#pollIn(follows && problem === undefined ? POLL_MS : SELDOM_MS);
    }, ms);
  }
}
