import type { SchedulerEvent } from '../../activities/events.ts';
import type { LogLevel } from '../../config/config.ts';
import type { Entry, Fields, Line } from './line.ts';
import { oneLine } from './one-line.ts';
import { Said } from './said.ts';
import { words } from './words.ts';

/** Where lines go: the text is one line, cut and clean. Must not throw. */
export type Destination = (line: Line, nowMs: number) => void;

const WEIGHT: Record<LogLevel, number> = { DEBUG: 0, INFO: 1, WARNING: 2, ERROR: 3 };

/**
 * The log of this process: takes events, says what is news of them, and hands each line to every destination whose level
 * it has. A log that fails harms nothing.
 */
export class Log {
  readonly #said = new Said();
  #hear: (event: SchedulerEvent) => void = () => undefined;
  readonly #destinations: { level: LogLevel; to: Destination }[];

  constructor(destinations: { level: LogLevel; to: Destination }[]) {
    this.#destinations = destinations;
  }

  /** Each event goes to `hear`, too. It must not throw. */
  alsoTo(hear: (event: SchedulerEvent) => void): void {
    this.#hear = hear;
  }

  readonly tell = (event: SchedulerEvent): void => {
    this.#hear(event);
    this.#guard(event.what, () => {
      for (const entry of words(event)) this.#say(entry);
    });
  };

  say(entry: Entry): void {
    this.#guard('a line', () => this.#say(entry));
  }

  #say(entry: Entry): void {
    for (const line of this.#said.due(entry, Date.now())) this.#write(line);
  }

  #guard(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#write({ level: 'ERROR', text: `This could not be logged: ${what} (${error})` });
    }
  }

  #write(line: Line): void {
    const clean = { ...line, text: oneLine(line.text), ...(line.fields && { fields: cleaned(line.fields) }) };
    const nowMs = Date.now();
    for (const { level, to } of this.#destinations) if (WEIGHT[line.level] >= WEIGHT[level]) to(clean, nowMs);
  }
}

function cleaned(fields: Fields): Fields {
  const clean = (value: Fields[string]) => (typeof value === 'string' ? oneLine(value) : value);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)]));
}
