import { extensionKey } from '../../domain/attempt/goose-messages.ts';
import { extensionNameOf } from '../start/command-line.ts';

export type Mapping = Record<string, unknown>;

/** What of a recipe's content a run depends on. */
export interface Content {
  /** The name of the recipe's own TinyTask extension, if it brings one. */
  tinytaskExtension?: string;
  /** The names of its extensions. */
  extensions?: string[];
  /** The provider that the recipe names in its settings, if it does. */
  provider?: string;
  /** Whether it names the provider or the model in its settings. */
  namesModel: boolean;
  /** goose starts the extensions of its configuration only for a recipe that has none. */
  hasExtensions: boolean;
  /** Why goose cannot run it although it takes it: what only a run would show. */
  problem?: string;
  /** Whether it names recipes of other files. */
  hasSubRecipes: boolean;
}

/** Of a recipe that cannot be seen: it may bring anything, and what it brings harms nobody but its task. */
export const UNSEEN: Content = { namesModel: true, hasExtensions: true, hasSubRecipes: false };

/**
 * Looks at a recipe's mapping, as goose shows it or as it stands in the file. Names that are not in `text`, the file's,
 * are goose's words, and not told.
 */
export function contentOf(recipe: Mapping, tinytaskMcpUrl: string | undefined, text = ''): Content {
  const extensions = mappingsIn(recipe.extensions);
  const own = extensions.find((each) => isTinyTask(each, tinytaskMcpUrl));
  const settings = isMapping(recipe.settings) ? recipe.settings : {};
  const provider = settings.goose_provider;
  const names = extensions.map(({ name }) => name).filter((name) => typeof name === 'string');
  const problem = problemOf(recipe, extensions, text);
  return {
    ...(own !== undefined && { tinytaskExtension: typeof own.name === 'string' ? own.name : 'tinytask' }),
    ...(names.length > 0 && { extensions: names.filter((name) => text.includes(name)) }),
    ...(typeof provider === 'string' && provider !== '' && { provider }),
    ...(problem !== undefined && { problem }),
    namesModel: Boolean(provider || settings.goose_model),
    hasExtensions: extensions.length > 0,
    hasSubRecipes: mappingsIn(recipe.sub_recipes).length > 0,
  };
}

function problemOf(
  { prompt, instructions }: Mapping,
  extensions: Mapping[],
  text: string,
): string | undefined {
  if (prompt === undefined || prompt === null || prompt === '') {
    const has = instructions ? 'it has instructions and no prompt' : 'it has no prompt';
    return `${has}, and goose needs one where nobody is there to talk to it: write a prompt`;
  }
  // goose gives up when it collects its extensions, and the names it compares are these.
  const keys = extensions.map(({ name }) => (typeof name === 'string' ? extensionKey(name) : ''));
  const twice = keys.find((key, at) => key !== '' && keys.indexOf(key) !== at);
  if (twice === undefined) return undefined;
  const called = text.includes(twice) ? `called ${JSON.stringify(twice)}` : 'of one name';
  return `two of its extensions are ${called}: remove or rename one`;
}

function isTinyTask({ name, uri }: Mapping, url: string | undefined): boolean {
  if (name === 'tinytask') return true;
  // With the second one goose would give ours the name of this one, and stop over that.
  if (url !== undefined && name === extensionNameOf(url)) return true;
  return url !== undefined && typeof uri === 'string' && withoutSlash(uri) === withoutSlash(url);
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

export function mappingsIn(value: unknown): Mapping[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
