import { differingSettings } from '../../contract/configuration-mark.ts';
import type { Changed } from '../../contract/headline.ts';
import type { PassReport } from '../../contract/pass.ts';
import type { Status } from '../../contract/status.ts';

const TOLD = 5;

/** What changed last, newest first. `passes`: in any order. */
export function changedLast(status: Status, passes: readonly PassReport[]): Changed[] {
  const all = [...deedsIn(status), ...betweenPasses(passes)];
  return all.sort((a, b) => b.atMs - a.atMs).slice(0, TOLD);
}

/** That of a pool is told with each of its agents. */
function deedsIn({ deeds = [], agents }: Status): Changed[] {
  const ofAgents = agents.flatMap(({ deeds: own = [], queue }) => own.map((deed) => ({ deed, queue })));
  const all = [...deeds.map((deed) => ({ deed, queue: null })), ...ofAgents];
  const each = new Map(all.map((one) => [JSON.stringify(one), one]));
  return [...each.values()].map(({ deed, queue }) => ({ what: 'deed', deed, queue, atMs: deed.atMs }));
}

/** Each pass compared with the one before it. Nobody tells when it changed between them, so it is told of the later one. */
function betweenPasses(passes: readonly PassReport[]): Changed[] {
  const inOrder = [...passes].sort((a, b) => a.atMs - b.atMs);
  return inOrder.flatMap((pass, at) => {
    const before = inOrder[at - 1];
    return before === undefined ? [] : between(before, pass);
  });
}

function between(before: PassReport, { atMs, by, config, build }: PassReport): Changed[] {
  const names = differingSettings(before.config, config);
  const deployed = before.build !== undefined && before.build !== build ? build : undefined;
  return [
    ...(deployed === undefined ? [] : [{ what: 'build', ...builtAs(deployed), by, atMs } as const]),
    // What was deployed was started again.
    ...(before.by === by || deployed !== undefined ? [] : [{ what: 'daemon', by, atMs } as const]),
    ...(names.length === 0 ? [] : [{ what: 'configuration', names, atMs } as const]),
  ];
}

/** As config/this-build.ts puts it together. */
function builtAs(build: string): { version: string; builtMs: number } {
  const [version = '', builtMs] = build.split(' ');
  return { version, builtMs: Math.round(Number(builtMs)) };
}
