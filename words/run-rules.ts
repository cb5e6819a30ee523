import type { RunRules } from '../domain/run-rules.ts';

/** The rules under the keys of the agent control file, in its units. */
export function writtenRules({ maxRuntimeMs, stallMs, ...others }: RunRules): Record<string, unknown> {
  return {
    ...(maxRuntimeMs !== undefined && { maxRuntimeSec: maxRuntimeMs / 1000 }),
    ...(stallMs !== undefined && { stallSec: stallMs / 1000 }),
    ...others,
  };
}

/** `maxRuntimeSec 7200 (else 3600), launchPrefix ["nice","-n","10"]` */
export function sayRules({ rules, instead }: { rules: RunRules; instead: RunRules }): string {
  const defaults = new Map(Object.entries(writtenRules(instead)));
  return Object.entries(writtenRules(rules))
    .map(([key, value]) => {
      const otherwise = defaults.get(key);
      return `${key} ${JSON.stringify(value)}${otherwise === undefined ? '' : ` (else ${otherwise})`}`;
    })
    .join(', ');
}
