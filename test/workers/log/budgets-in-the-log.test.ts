import { expect, test } from 'vitest';
import type { PassEnded } from '../../../activities/events.ts';
import type { AgentLine, BudgetLine } from '../../../domain/plan/agent-line.ts';
import { passEnded } from '../../../workers/log/pass-words.ts';
import { Said } from '../../../workers/log/said.ts';

const NOON_MS = Date.UTC(2026, 10, 26, 12);
const HOUR_MS = 3_600_000;

interface Taken {
  used: number;
  unknown?: number;
  reserved?: number;
  day?: string;
  tokensPerDay?: number;
}

function budget({
  used,
  unknown = 0,
  reserved = 0,
  day = '2026-11-26',
  tokensPerDay = 1_000,
}: Taken): BudgetLine {
  const rest = {
    unknownAttempts: unknown > 0 ? 1 : 0,
    unreserved: 0,
    endsMs: Date.parse(day) + 24 * HOUR_MS,
  };
  return { tokensPerDay, timeZone: 'UTC', today: { day, used, unknown, reserved, ...rest } };
}

const line = (name: string, budgets: Pick<AgentLine, 'budget' | 'poolBudget'>) =>
  ({ name, queue: 'dev', health: { state: 'well' }, ...budgets }) as AgentLine;

/** What passes say of these agents, one after the other. */
function said(passes: AgentLine[][]): string[][] {
  const log = new Said();
  return passes.map((agents, at) => {
    const report = { atMs: NOON_MS + at * HOUR_MS, errors: [], warnings: [], figures: { tasksSpawned: 0 } };
    const event = { full: false, sawTasks: true, paused: false, enabled: true, agents, report };
    const entries = passEnded(event as unknown as PassEnded).filter(
      (each) => 'key' in each && each.key === 'budgets',
    );
    return entries.flatMap((entry) =>
      log.due(entry, report.atMs).map(({ level, text }) => `${level} ${text}`),
    );
  });
}

const of = (taken: Taken) => [line('ada', { budget: budget(taken) })];
const step = (percent: number, used: string) =>
  `INFO ${percent} % of the budget of ada for today is used: ${used} of 1,000 tokens`;
const USED = 'WARNING The budget of ada for today is used: 1,200 of 1,000 tokens, again at 00:00 UTC';

test('50, 80 and 100 % are said once each day, and nothing below or between', () => {
  const taken = [{ used: 499 }, { used: 500 }, { used: 790 }, { used: 800 }, { used: 900 }, { used: 1_200 }];
  expect(said([...taken, { used: 1_300 }].map(of))).toEqual([
    ...[[], [step(50, '500')], [], [step(80, '800')], [], [USED], []],
  ]);
  const next = '2026-11-27';
  expect(said([{ used: 600 }, { used: 0, day: next }, { used: 700, day: next }].map(of))).toEqual([
    ...[[step(50, '600')], [], [step(50, '700')]],
  ]);
});

test('a step that is passed over is not said; what nobody counted counts, and what is reserved does not', () => {
  expect(said([{ used: 100 }, { used: 850 }].map(of))).toEqual([[], [step(80, '850')]]);
  expect(said([of({ used: 100, unknown: 400 })])).toEqual([[step(50, '500')]]);
  expect(said([of({ used: 499, reserved: 900 })])).toEqual([[]]);
});

test('another budget is said of anew, and one of a day that is over is not', () => {
  expect(said([{ used: 600 }, { used: 600, tokensPerDay: 1_100 }].map(of))).toEqual([
    [step(50, '600')],
    [step(50, '600').replace('1,000', '1,100')],
  ]);
  expect(said([of({ used: 900, day: '2026-11-25' })])).toEqual([[]]);
});

test('that of a pool is said once, however many agents it has', () => {
  const poolBudget = budget({ used: 800 });
  expect(said([[line('ada', { poolBudget }), line('bob', { poolBudget })]])).toEqual([
    ['INFO 80 % of the budget of queue "dev" for today is used: 800 of 1,000 tokens'],
  ]);
});
