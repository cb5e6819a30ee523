// What a pass keeps of the configuration that it was made with: of each setting its name with a mark, `MAX_ATTEMPTS:01ab23cd …`.

/** The agents, as they were read from the control file and the limits. */
export const AGENTS = 'agents';
const LIMITS = 'AGENT_LIMITS';

/** Names of the settings that differ, without their prefix; what one of the two does not tell, as an older version, does not. */
export function differingSettings(one: string, other: string): string[] {
  const before = marksOf(one);
  const names = [...marksOf(other)].flatMap(([name, mark]) =>
    before.has(name) && before.get(name) !== mark ? [name] : [],
  );
  // Limits are those of agents, too.
  return names.includes(LIMITS) ? names.filter((name) => name !== AGENTS) : names;
}

function marksOf(text: string): Map<string, string | undefined> {
  return new Map(text.split(' ').map((each) => each.split(':') as [string, string | undefined]));
}
