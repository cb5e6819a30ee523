import type { AgentAtWork, AgentsStatus } from '../../../contract/listings.ts';
import { sayAgent } from '../../../words/agent.ts';
import { sayTokensToday } from '../../../words/budget.ts';
import { sayProblems } from '../../../words/problem.ts';
import { sayHeadline } from '../../../words/scheduler.ts';
import { paragraph } from './print.ts';
import { table } from './table.ts';

const HEAD = ['AGENT', 'POOL', 'SLOTS', 'WAITING', 'HOSTS', 'TASKS'];
/** Of the tasks of one agent. */
const TASKS_SHOWN = 4;

/** The agents for people. `across`: columns of the terminal. */
export function agentsText(answer: AgentsStatus, across?: number): string {
  const { agents, problems } = answer;
  const hasBudgets = agents.some(({ budget }) => budget);
  const rows = agents.map((agent) => [
    ...[agent.name, agent.queue ?? '-', `${agent.held}/${agent.limit}`, String(agent.waiting)],
    ...[
      hostsOf(agent),
      tasksOf(agent),
      ...(hasBudgets ? [sayTokensToday(agent.budget)] : []),
      sayAgent(agent),
    ],
  ]);
  const head = [...HEAD, ...(hasBudgets ? ['TOKENS TODAY'] : []), 'STATE'];
  const none = 'There are no agents: the agent control file and the limits name none.';
  const wrong = sayProblems(problems).map((problem) => paragraph(`Problem: ${problem}`));
  const first = sayHeadline(answer).map((line) => paragraph(line));
  return [...first, rows.length === 0 ? none : table([head, ...rows], across), ...wrong].join('\n\n');
}

function hostsOf({ runs }: AgentAtWork): string {
  if (runs.length === 0) return '-';
  return [...new Set(runs.map(({ host }) => host ?? '?'))].sort().join(', ');
}

function tasksOf({ runs }: AgentAtWork): string {
  if (runs.length === 0) return '-';
  const more = runs.length - TASKS_SHOWN;
  const ids = runs.slice(0, TASKS_SHOWN).map(({ taskId }) => taskId);
  return `${ids.join(', ')}${more > 0 ? `, … (${runs.length})` : ''}`;
}
