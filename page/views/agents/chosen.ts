import type { Agent } from '../../api/shapes.ts';
import { isUnwell } from '../../parts/agent-state.ts';

/** Which agents the filters mean. `state`: `unwell`, `off`, or none for all. */
export function chosen(
  agents: readonly Agent[],
  { find = '', state = '' }: { find?: string; state?: string },
): Agent[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return agents.filter((agent) => {
    if (state === 'unwell' && !isUnwell(agent)) return false;
    if (state === 'off' && !agent.paused && !agent.stopped) return false;
    const text = `${agent.name} ${agent.pool ?? ''} ${agent.says}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
