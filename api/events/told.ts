import { jsonText } from '../../client/json/json-text.ts';

/** An event as it goes to clients. */
export interface Told {
  /** Its number; of two events the later one has the larger. */
  number: number;
  bytes: Buffer;
}

export type EventName =
  | 'snapshot'
  | 'scheduler'
  | 'agent'
  | 'agent-gone'
  | 'task'
  | 'task-gone'
  | 'connection';

export function asTold(epoch: string, number: number, event: EventName, data: object): Told {
  // JSON has no line breaks, which would end it.
  const text = `id: ${epoch}-${number}\nevent: ${event}\ndata: ${jsonText(data)}\n\n`;
  return { number, bytes: Buffer.from(text) };
}

/** The number that an id names in this epoch; undefined: it is of another one, or none. */
export function numberIn(epoch: string, id: string | null): number | undefined {
  const [, of, number] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(id ?? '') ?? [];
  return of === epoch ? Number(number) : undefined;
}

/** The last events, as many as are worth keeping for those who come back. */
export class Backlog {
  readonly #mostEvents: number;
  readonly #mostBytes: number;
  #events: Told[] = [];
  #bytes = 0;

  constructor({ mostEvents, mostBytes }: { mostEvents: number; mostBytes: number }) {
    this.#mostEvents = mostEvents;
    this.#mostBytes = mostBytes;
  }

  add(told: Told): void {
    this.#events.push(told);
    this.#bytes += told.bytes.length;
    while (this.#events.length > this.#mostEvents || this.#bytes > this.#mostBytes)
      this.#bytes -= this.#events.shift()?.bytes.length ?? 0;
  }

  /** All after that number; undefined: some of them are not kept any more. */
  after(number: number, last: number): Told[] | undefined {
    if (number > last) return undefined;
    // They follow each other without a gap.
    const kept = last - number;
    return kept > this.#events.length ? undefined : this.#events.slice(this.#events.length - kept);
  }

  clear(): void {
    this.#events = [];
    this.#bytes = 0;
  }
}
