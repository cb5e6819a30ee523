/** Facts with keys as everywhere in our JSON, at every depth: `host_group`. */
export function snakeKeys(facts: unknown): unknown {
  if (Array.isArray(facts)) return facts.map(snakeKeys);
  if (typeof facts !== 'object' || facts === null) return facts;
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [snake(key), snakeKeys(value)]));
}

export function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
