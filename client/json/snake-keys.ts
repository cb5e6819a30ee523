/** Facts with keys as everywhere in our JSON, at every depth: `host_group`. */
export function snakeKeys(facts: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [snake(key), withSnakeKeys(value)]));
}

function withSnakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSnakeKeys);
  return typeof value === 'object' && value !== null ? snakeKeys(value) : value;
}

export function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
