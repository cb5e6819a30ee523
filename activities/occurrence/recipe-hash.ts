import { createHash } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import type { Work } from '../../domain/schedule/definition.ts';
import { findRecipe } from '../../goose/recipe/find.ts';

/** Of the recipe that is to be run, as far as that is known by now: who of a queue gets a task is not. */
export async function hashRecipe({ recipesDir }: Config, work: Work): Promise<string | null> {
  if (work.kind === 'command') return null;
  const { recipe, agent } = work;
  if (recipe === undefined && agent === undefined) return null;
  const tags = recipe === undefined ? [] : [`recipe:${recipe}`];
  const text = await findRecipe({ recipesDir, agent: agent ?? '', tags }).then(
    (found) => found.text,
    () => undefined,
  );
  return text === undefined ? null : createHash('sha256').update(text).digest('hex');
}
