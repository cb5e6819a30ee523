import { groupedBy } from '../grouped.ts';

/** How one task went, from its first attempt until it was over. */
export interface Course {
  /** That had its last attempt. */
  agent: string;
  /** Of its last attempt with goose; null: not known. */
  recipe: string | null;
  /** At least one. */
  legs: readonly Leg[];
}

/** One attempt, in milliseconds. */
export interface Leg {
  /** For so long it had its slot. */
  heldMs: number;
  /** For so long the task rested then, without a slot; 0: it was tried again at once, or was over. */
  restedMs: number;
  /** Tokens that it took; absent: nobody has told. */
  tokens?: number;
}

/** Whose courses a guess rests on: those of the agent with the recipe, else of the agent, else all; `none`: there are none. */
export type BasisLevel = 'agent-and-recipe' | 'agent' | 'all' | 'none';

export interface Basis {
  level: BasisLevel;
  /** The shortest first. */
  courses: readonly Course[];
}

/** So many tasks of an agent or a recipe speak for themselves; of fewer all tasks do. */
export const ENOUGH = 5;

export const NOTHING: Basis = { level: 'none', courses: [] };

/** What is known of how long tasks take. */
export class Experience {
  readonly #all: Basis;
  readonly #byAgent: ReadonlyMap<string, readonly Course[]>;
  readonly #byBoth: ReadonlyMap<string, readonly Course[]>;

  constructor(courses: readonly Course[]) {
    const sorted = [...courses].sort((a, b) => lengthOf(a) - lengthOf(b));
    this.#all = sorted.length === 0 ? NOTHING : { level: 'all', courses: sorted };
    this.#byAgent = groupedBy(sorted, ({ agent }) => agent);
    this.#byBoth = groupedBy(sorted, ({ agent, recipe }) => keyOf(agent, recipe));
  }

  get size(): number {
    return this.#all.courses.length;
  }

  /** @param recipe by its name; a task without a tag for one has that of its agent */
  of(agent: string, recipe: string): Basis {
    const both = this.#byBoth.get(keyOf(agent, recipe)) ?? [];
    if (both.length >= ENOUGH) return { level: 'agent-and-recipe', courses: both };
    const own = this.#byAgent.get(agent) ?? [];
    return own.length >= ENOUGH ? { level: 'agent', courses: own } : this.#all;
  }
}

/** From its first attempt until it was over. */
export function lengthOf({ legs }: Course): number {
  return legs.reduce((sum, { heldMs, restedMs }) => sum + heldMs + restedMs, 0);
}

const keyOf = (agent: string, recipe: string | null) => JSON.stringify([agent, recipe]);
