import type { PoolStatus, PoolsStatus } from '../../../contract/listings.ts';
import { sayTokensToday } from '../../../words/budget.ts';
import { duration } from '../../../words/duration.ts';
import { sayPool } from '../../../words/pool.ts';
import { sayProblems } from '../../../words/problem.ts';
import { sayHeadline } from '../../../words/scheduler.ts';
import { paragraph } from './print.ts';
import { table } from './table.ts';

const HEAD = [
  ...['POOL', 'AGENTS', 'SLOTS', 'LINE', 'WAITING', 'UNASSIGNED', 'BLOCKED', 'OLDEST'],
  ...['CAME 1H', 'ENDED 1H'],
];
/** Not known. */
const UNKNOWN = '?';

/** The pools for people. `nowMs`: milliseconds since the epoch. `across`: columns of the terminal. */
export function poolsText(answer: PoolsStatus, nowMs: number, across?: number): string {
  const { pools, placeless, mode, problems } = answer;
  const none =
    mode === 'legacy'
      ? 'There are no pools: there is no agent control file (legacy mode), and no open task has a queue.'
      : 'There are no pools: no agent has a queue, and no open task has one.';
  const hasBudgets = pools.some(({ budget }) => budget);
  const rows = pools.map((pool) => rowOf(pool, hasBudgets, nowMs));
  const head = [...HEAD, ...(hasBudgets ? ['TOKENS TODAY'] : []), 'STATE'];
  const lost = placeless ? [paragraph(sayPlaceless(placeless))] : [];
  const wrong = sayProblems(problems).map((problem) => paragraph(`Problem: ${problem}`));
  const first = sayHeadline(answer).map((line) => paragraph(line));
  const all = pools.length === 0 ? none : table([head, ...rows], across);
  return [...first, all, ...lost, ...wrong].join('\n\n');
}

function sayPlaceless(count: number): string {
  return count === 1
    ? '1 open task has neither a queue nor an agent.'
    : `${count} open tasks have neither a queue nor an agent.`;
}

function rowOf(pool: PoolStatus, hasBudgets: boolean, nowMs: number): string[] {
  const { queue, agents, held, limit, line, waiting, unassigned, blocked, oldest, arrived, ended } = pool;
  const number = (count: number | null) => (count === null ? UNKNOWN : String(count));
  const age = oldest === null ? '-' : `${duration(nowMs - oldest.addedMs)} (${oldest.taskId})`;
  return [
    ...[queue, String(agents.length), `${held}/${limit}`, String(line), number(waiting), number(unassigned)],
    ...[number(blocked), waiting === null ? UNKNOWN : age, number(arrived), number(ended)],
    ...(hasBudgets ? [sayTokensToday(pool.budget)] : []),
    sayPool(pool),
  ];
}
