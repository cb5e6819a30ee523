import type { RunRules } from '../domain/run-rules.ts';

/** The rules under the keys of the agent control file, in its units. */
function written({ maxRuntimeMs, stallMs, ...others }: RunRules) {
  return {
    maxRuntimeSec: maxRuntimeMs === undefined ? undefined : maxRuntimeMs / 1000,
    stallSec: stallMs === undefined ? undefined : stallMs / 1000,
    ...others,
  };
}

/** As one JSON object, keys as everywhere in our JSON: `max_runtime_sec`. */
export function rulesJson(rules: RunRules): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(written(rules))
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

/** `maxRuntimeSec 7200 (else 3600), launchPrefix ["nice","-n","10"]` */
export function sayRules({ rules, instead }: { rules: RunRules; instead: RunRules }): string {
  const defaults = new Map<string, unknown>(Object.entries(written(instead)));
  return Object.entries(written(rules))
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const otherwise = defaults.get(key);
      return `${key} ${JSON.stringify(value)}${otherwise === undefined ? '' : ` (else ${otherwise})`}`;
    })
    .join(', ');
}
