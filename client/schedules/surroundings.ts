import { loadAgents } from '../../config/agent-control.ts';
import type { Config } from '../../config/config.ts';
import type { DefinitionProblem, DefinitionWarning } from '../../contract/schedule-problem.ts';
import { programInBinDir } from '../../goose/program/bin-dir.ts';
import { NotRunnable, Unfit } from '../../goose/program/unfit.ts';
import { findRecipe, NoRecipe } from '../../goose/recipe/find.ts';

export type Looked = { problem: DefinitionProblem } | { warning: DefinitionWarning } | undefined;

/** What a definition is looked at against. */
export interface Surroundings {
  nowMs: number;
  /** Of one that names none. */
  timeZone: string;
  /** No interval is shorter. */
  loopIntervalMs: number;
  /** Names of those that there are. */
  agents: readonly string[];
  queues: readonly string[];
  /** Whether a recipe of this name can be used. */
  recipe(name: string): Promise<Looked>;
  /** Whether there is a program at this path of BIN_DIR. */
  program(command: string): Promise<Looked>;
}

/** As they are on this host, now. Each recipe and each program is looked at once, however many schedules have it. */
export async function surroundingsOf(config: Config, nowMs = Date.now()): Promise<Surroundings> {
  const { agents } = await loadAgents(config, { keep: false });
  return {
    nowMs,
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    loopIntervalMs: config.loopIntervalMs,
    agents: agents.map(({ name }) => name),
    queues: [...new Set(agents.flatMap(({ queue }) => queue ?? []))],
    recipe: once((name) => lookAtRecipe(config.recipesDir, name)),
    program: once((command) => lookAtProgram(config.binDir, command)),
  };
}

function once(look: (name: string) => Promise<Looked>): (name: string) => Promise<Looked> {
  const looks = new Map<string, Promise<Looked>>();
  return (name) => {
    const before = looks.get(name) ?? look(name);
    looks.set(name, before);
    return before;
  };
}

async function lookAtRecipe(recipesDir: string, recipe: string): Promise<Looked> {
  try {
    await findRecipe({ recipesDir, agent: '', tags: [`recipe:${recipe}`] });
    return undefined;
  } catch (error) {
    if (error instanceof NoRecipe) return { warning: { code: 'no-recipe', recipe, recipesDir } };
    if (!(error instanceof Unfit)) throw error;
    return { problem: { code: 'recipe-unusable', recipe, text: error.message } };
  }
}

/** The program may come later; that its path leaves the folder is no matter of time. */
async function lookAtProgram(binDir: string | undefined, command: string): Promise<Looked> {
  if (binDir === undefined) return { problem: { code: 'no-bin-dir' } };
  try {
    programInBinDir(binDir, command);
    return undefined;
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const { message: text } = error;
    if (error instanceof NotRunnable) return { problem: { code: 'leaves-bin-dir', text } };
    return { warning: { code: 'program-unfit', text } };
  }
}
