import { z } from 'zod';
import type { KeyStore } from '../../../client/keys/key-store.ts';
import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import type { Surroundings } from '../../../client/schedules/surroundings.ts';
import { mayDo, RefusedError, type Scope } from '../../../contract/api.ts';
import type { Note } from '../../../contract/by-hand.ts';
import type { Failure } from '../../../contract/errors.ts';
import type { Look } from '../../../contract/listings.ts';

/** What tools work with, for one caller. */
export interface Desk {
  scheduler: {
    use<Answer>(work: (client: SchedulerClient) => Promise<Answer>): Promise<Answer>;
    /** Undefined: it is connected. */
    notConnectedYet(): Failure | undefined;
  };
  look: { within(maxAgeMs: number): Promise<Look>; outdate(): void };
  keys: KeyStore;
  /** What definitions of schedules are looked at against. */
  around: () => Promise<Surroundings>;
  /** As the log and notes name who it is. */
  who: string;
  scope: Scope;
}

/** What a tool answers: a sentence first, then lines, each with one thing; and the same as data. */
export interface Told {
  summary: string;
  lines?: readonly string[];
  facts: Record<string, unknown>;
}

interface ToolOf<Shape extends z.ZodObject> {
  name: string;
  /** For who chooses among tools. All of them together have a bound: test/api/mcp/definitions.test.ts. */
  about: string;
  /** `operate`: it changes something. */
  scope: Extract<Scope, 'read' | 'operate'>;
  /** It may undo or end something. */
  destructive?: true;
  /** Done twice it is as done once. */
  idempotent?: true;
  /** Flat: models fill in nested ones badly. */
  shape: Shape;
  run(args: z.output<Shape>, desk: Desk): Promise<Told>;
}

export type Tool = ToolOf<z.ZodObject>;

/** Infers the types of a tool from its shape. */
export function tool<Shape extends z.ZodObject>(about: ToolOf<Shape>): Tool {
  return about as unknown as Tool;
}

/** What a deed that goes on leaves to say later. */
export const SEEN_WITHIN_MS = 1_000;

/** A number of a task or a name; models write numbers as they like. */
export const taskId = z.coerce.string().trim().min(1).max(200);
export const name = z.string().trim().min(1).max(200);
export const note = z.string().trim().min(1).max(1_000).optional().describe('Why; it is kept and shown');

export function noteOf({ who }: Desk, text: string | undefined): Note {
  return { by: who, ...(text !== undefined && { note: text }) };
}

/** @throws RefusedError `scope-missing` */
export function checkMay({ scope: has }: Pick<Desk, 'scope'>, needs: Scope): void {
  if (!mayDo(has, needs)) throw new RefusedError({ code: 'scope-missing', needs, has, isLocal: false });
}

/** @throws RefusedError `bad-request` */
export function refuse(at: string, says: string): never {
  throw new RefusedError({ code: 'bad-request', wrong: [{ at, says }] });
}

/** As old as others may have seen it: for who only reads. */
export const READ_AGE_MS = 1_000;
