import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, type YAMLError } from 'yaml';
import { SUPPLIED } from '../../domain/attempt/goose-complaints.ts';
import { type Content, contentOf, isMapping, type Mapping, mappingsIn, UNSEEN } from './content.ts';
import { LARGEST_RECIPE_BYTES, type RecipeFile } from './find.ts';

/** The parser needs seconds for larger texts that are meant to harm. */
const LARGEST_PARSED_CHARS = 32 * 1024;
const PUT_TOGETHER = /\{%[-+]?\s*(?:include|extends|import|from)\b/;

/** Whether other files have a say in what the recipe is. */
export function isPutTogether(text: string): boolean {
  return PUT_TOGETHER.test(text);
}

/** `unreadable`: why nothing can be said about it; then it is left to goose. */
type OurLook = { content: Content } | { unreadable: string };

/**
 * What can be seen without goose. It never refuses what goose 1.52 takes, and it sees less: goose also renders the
 * templates and checks each field.
 */
export function lookOurselves({ path, text }: RecipeFile, tinytaskMcpUrl: string | undefined): OurLook {
  if (text === undefined) {
    return refused(`it has more than the ${LARGEST_RECIPE_BYTES} bytes that goose reads: make it smaller`);
  }
  if (isPutTogether(text)) return { unreadable: 'templates put it together from other files' };
  if (text.length > LARGEST_PARSED_CHARS) return { unreadable: `it has ${text.length} characters` };
  let data: unknown;
  try {
    // goose allows a key that it does not know to be there twice.
    data = parse(text, { logLevel: 'error', uniqueKeys: false });
  } catch (error) {
    if ((error as { code?: string }).code === 'MULTIPLE_DOCS') {
      return refused('it has more than one YAML document: keep one');
    }
    // Its message quotes the file.
    const { code, linePos } = error as Partial<YAMLError>;
    const [from] = linePos ?? [];
    return {
      unreadable: `it is not YAML${from === undefined ? '' : ` (line ${from.line})`}${code ? `: ${code}` : ''}`,
    };
  }
  const recipe = isMapping(data) && isMapping(data.recipe) ? data.recipe : data;
  if (!isMapping(recipe))
    return refused('it is not a YAML mapping: write at least title, description, prompt');
  const content = contentOf(recipe, tinytaskMcpUrl, text);
  const problem = problemOf(recipe, text, dirname(path)) ?? content.problem;
  return { content: { ...content, ...(problem !== undefined && { problem }) } };
}

function problemOf(recipe: Mapping, text: string, folder: string): string | undefined {
  const missing = ['title', 'description'].find((key) => recipe[key] === undefined);
  if (missing !== undefined) return `it has no ${missing}: write one`;
  const parameters = mappingsIn(recipe.parameters);
  const unsupplied = parameters.find(
    ({ key, default: value }) =>
      typeof key === 'string' && !SUPPLIED.includes(key) && (value === undefined || value === null),
  );
  if (unsupplied !== undefined) {
    return `nobody supplies its parameter ${unsupplied.key}: give it a "default", or use one that a run supplies`;
  }
  const undeclared = undeclaredNames(text, new Set(parameters.map(({ key }) => key)));
  if (undeclared !== undefined) {
    return `it uses {{ ${undeclared} }} and does not declare it: declare it under "parameters"`;
  }
  const gone = mappingsIn(recipe.sub_recipes).find(
    ({ path }) => typeof path === 'string' && !path.includes('{{') && !existsSync(resolve(folder, path)),
  );
  return gone && `its sub-recipe ${gone.path} does not exist: write it, or correct its path`;
}

/** Only where the text has no statements and comments: those may define names, or take parts of the text away. */
function undeclaredNames(text: string, declared: Set<unknown>): string | undefined {
  if (/\{[%#]/.test(text)) return undefined;
  const used = [...text.matchAll(/\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}/g)].map(([, name = '']) => name);
  return used.find((name) => name !== 'recipe_dir' && !declared.has(name));
}

function refused(problem: string): OurLook {
  return { content: { ...UNSEEN, problem } };
}
