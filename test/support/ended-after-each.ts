import { afterEach } from 'vitest';

/** The same, but that whatever it makes is ended after the test. For the top of a test file. */
export function endedAfterEach<Args extends unknown[], Made extends { end(): void }>(
  make: (...args: Args) => Made,
): (...args: Args) => Made {
  const all: Made[] = [];
  afterEach(() => {
    for (const each of all.splice(0)) each.end();
  });
  return (...args) => {
    const made = make(...args);
    all.push(made);
    return made;
  };
}
