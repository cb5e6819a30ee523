/** What a template of a working directory may contain. */
const PLACEHOLDERS = ['{taskId}', '{agent}'];
const LONGEST_QUOTE = 60;

/** A path with a brace is a template: a directory for each task or agent, made when it is needed. */
export function isTemplate(path: string): boolean {
  return /[{}]/.test(path);
}

/**
 * What is wrong with a template, as a clause that goes on from its key; undefined: nothing is. A plain path may lead anywhere,
 * since a person has named that one directory; what is made for each task stays within the base path.
 */
export function templateProblem(template: string): string | undefined {
  const rest = PLACEHOLDERS.reduce((text, placeholder) => text.replaceAll(placeholder, ''), template);
  const unknown = /\{[^{}]*\}?|\}/.exec(rest)?.[0];
  if (unknown !== undefined) {
    const quoted = JSON.stringify(unknown.slice(0, LONGEST_QUOTE));
    return `contains ${quoted}, and a template may contain ${PLACEHOLDERS.join(' and ')} only`;
  }
  if (template.startsWith('/'))
    return 'is a template and begins with "/": what is made for each task has to be inside the base path, so name it relative to that';
  if (template.split('/').includes('..'))
    return 'is a template and contains "..": what is made for each task has to be inside the base path';
  return undefined;
}

/** The path that a template means for a task, relative to the base path. Names of agents are safe in it: see names.ts. */
export function fillTemplate(template: string, { taskId, agent }: { taskId: number; agent: string }): string {
  return template.replaceAll('{taskId}', String(taskId)).replaceAll('{agent}', agent);
}
