/**
 * Names of agents, queues and recipes end up in workflow ids, file names and command lines, so they are
 * limited to what is safe in all of them: 1 to 64 letters, digits, `.`, `_`, `-`, the first a letter or digit.
 */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What is wrong with a name, as a clause that quotes it, or undefined if nothing is. */
export function nameProblem(name: string): string | undefined {
  if (NAME.test(name) && !name.includes('..')) {
    // Tables by agent are plain objects, in which such a name is there before anybody put it there.
    return name in {} ? `"${name}" is reserved: choose another name` : undefined;
  }
  const quoted = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  if (name.length > 64) return `${quoted} has ${name.length} characters; at most 64 are allowed`;
  return `${quoted} is not a name: use letters, digits, ".", "_" and "-", starting with a letter or digit, and no ".."`;
}

/** A task id from outside (`42` or `"42"`), or undefined if it is not a positive whole number. */
export function parseTaskId(text: unknown): number | undefined {
  const digits = typeof text === 'number' ? String(text) : text;
  if (typeof digits !== 'string' || !/^[1-9][0-9]{0,14}$/.test(digits.trim())) return undefined;
  return Number(digits.trim());
}
