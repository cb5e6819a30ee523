const NUMBERS = /(?<=\btasks? (?:#?\d{1,15}(?:, | and ))*)#?\d{1,15}\b/gi;

/** The parts of a sentence; `taskId` of those that name a task: `task 7`, `tasks 7, 8 and 9`. */
export function splitTasks(text: string): { text: string; taskId?: number }[] {
  const parts: { text: string; taskId?: number }[] = [];
  let at = 0;
  for (const found of text.matchAll(NUMBERS)) {
    if (found.index > at) parts.push({ text: text.slice(at, found.index) });
    parts.push({ text: found[0], taskId: Number(found[0].replace('#', '')) });
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** Why it is where it is, without its head and its attempts, which are shown beside. */
export function whyLines(says: readonly string[]): string[] {
  const end = says.findIndex((line) => line.startsWith('Attempts: '));
  return says.slice(1, end < 0 ? undefined : end);
}
