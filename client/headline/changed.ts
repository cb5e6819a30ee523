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

function between(before: PassReport, { atMs, by, config }: PassReport): Changed[] {
  const names = differing(before.config, config);
  return [
    ...(before.by === by ? [] : [{ what: 'daemon', by, atMs } as const]),
    ...(names.length === 0 ? [] : [{ what: 'configuration', names, atMs } as const]),
  ];
}

/** By the marks that a pass keeps of its settings; what one of an older version did not keep is no difference. */
function differing(before: string, now: string): string[] {
  const marks = new Map(before.split(' ').map((each) => each.split(':') as [string, string]));
  return now.split(' ').flatMap((each) => {
    const [name = '', mark] = each.split(':');
    const old = marks.get(name);
    return old === undefined || old === mark ? [] : [name];
  });
}
