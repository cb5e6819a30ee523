import type { PassEnded } from '../../activities/events.ts';
import type { PassFigures } from '../../contract/pass.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { isTryDue, type Unwell } from '../../domain/slots/health.ts';
import { spentNow, stepOf } from '../../domain/slots/tokens.ts';
import { sayStep } from '../../words/budget.ts';
import { sayHold } from '../../words/hold.ts';
import { sayWarnings } from '../../words/pass.ts';
import { sayReason, TRY_IS_DUE } from '../../words/reason.ts';
import {
  type Entry,
  type Fields,
  type Item,
  info,
  type Line,
  MOST_OF_A_KIND,
  type Standing,
} from './line.ts';

/** What holds for the scheduler and its agents, and the figures. A refill that started nothing says no figures. */
export function passEnded(event: PassEnded): Entry[] {
  const { full, sawTasks, report } = event;
  return [
    switches(event),
    pauses(event),
    holds(event),
    unwell(event),
    budgets(event),
    // Without an answer of TinyTask there is one error, which is said as its own.
    ...(sawTasks ? [problems('errors', 'ERROR', report.errors)] : []),
    { ...problems('warnings', 'WARNING', sayWarnings(report)), ...(!sawTasks && { how: 'partial' }) },
    ...(full || report.figures.tasksSpawned > 0 ? [figures(event)] : []),
  ];
}

function figures({ full, report }: PassEnded): Line {
  const { figures: counted, tookMs, waitingTotal } = report;
  const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const all = Object.entries(counted) as [keyof PassFigures, number][];
  const text = all.map(([key, value]) => `${snakeCase(key)}=${value}`).join(', ');
  const name = full ? 'Reconciliation completed' : 'Refill completed';
  return info(`${name} in ${tookMs} ms: ${text}, waiting=${waitingTotal}`, {
    ...counted,
    waiting: waitingTotal,
    tookMs,
  });
}

function problems(key: string, level: 'ERROR' | 'WARNING', texts: readonly string[]): Standing {
  return {
    key,
    most: MOST_OF_A_KIND,
    more: (unsaid) => ({ level, text: `… and ${unsaid} more` }),
    now: [...new Set(texts)].map((text) => ({
      id: text.slice(0, 500),
      value: '',
      say: () => ({ level, text }),
      over: info(`Over: ${text.slice(0, 500)}`),
    })),
  };
}

function switches({ paused, stopped, enabled }: PassEnded): Standing {
  const now: Item[] = [];
  if (stopped) {
    now.push({
      id: 'stopped',
      value: '',
      say: () => info('All agents are stopped: nothing starts until `tinyscheduler start-agents`'),
      over: info('The agents are no longer stopped'),
    });
  } else if (paused) {
    now.push({
      id: 'paused',
      value: '',
      say: () => info('The scheduler is paused: nothing starts until `tinyscheduler resume`'),
      over: info('The scheduler is no longer paused'),
    });
  }
  if (!enabled) {
    const text = 'The scheduler is disabled (TINYSCHEDULER_ENABLED is false): nothing starts';
    now.push({ id: 'disabled', value: '', say: () => ({ level: 'WARNING', text }) });
  }
  return { key: 'switches', now };
}

function pauses({ agents }: PassEnded): Standing {
  const queues = agents.flatMap(({ queue, poolPaused }) => (poolPaused && queue !== null ? [queue] : []));
  const stopped = agents.flatMap(({ queue, poolStopped }) => (poolStopped && queue !== null ? [queue] : []));
  const now = [
    ...[...new Set(stopped)].map((queue) => stopOf(`Queue ${queue}`, `--queue ${queue}`, { queue })),
    ...agents
      .filter((agent) => agent.stopped)
      .map(({ name: agent }) => stopOf(`Agent ${agent}`, `--agent ${agent}`, { agent })),
    ...[...new Set(queues)].map((queue) => pauseOf(`Queue ${queue}`, `--queue ${queue}`, { queue })),
    ...agents
      .filter(({ paused }) => paused)
      .map(({ name: agent }) => pauseOf(`Agent ${agent}`, `--agent ${agent}`, { agent })),
  ];
  return { key: 'pauses', now };
}

function stopOf(what: string, option: string, fields: Fields): Item {
  return {
    id: `stopped ${option}`,
    value: '',
    say: () =>
      info(`${what} is stopped: nothing starts there until \`tinyscheduler start-agents ${option}\``, fields),
    over: info(`${what} is no longer stopped`, fields),
  };
}

function pauseOf(what: string, option: string, fields: Fields): Item {
  const text = `${what} is paused: it is given nothing until \`tinyscheduler resume ${option}\``;
  return {
    id: what,
    value: '',
    say: () => info(text, fields),
    over: info(`${what} is no longer paused`, fields),
  };
}

/** Each pool once, however many of its agents the trouble has taken. */
function holds({ agents }: PassEnded): Standing {
  const held = agents.flatMap(({ queue, poolHold: hold }) =>
    queue !== null && hold !== undefined ? [[queue, hold] as const] : [],
  );
  const now = [...new Map(held)].map(([queue, hold]): Item => {
    const fields = { queue, taken: hold.taken };
    return {
      id: queue,
      value: hold.reason,
      say: () => ({ level: 'WARNING', text: `Queue ${queue} is ${sayHold(hold)}`, fields }),
      over: info(`Queue ${queue} is no longer held`, { queue }),
    };
  });
  return { key: 'held pools', now };
}

/** Each step that a budget reaches in a day, once. */
function budgets({ agents, report }: PassEnded): Standing {
  const ofPools = new Map(
    agents.flatMap(({ queue, poolBudget }) =>
      queue !== null && poolBudget ? [[`queue "${queue}"`, poolBudget] as const] : [],
    ),
  );
  const own = agents.flatMap(({ name, budget }) => (budget ? [[name, budget] as const] : []));
  const now = [...ofPools, ...own].flatMap(([whose, budget]): Item[] => {
    const today = budget.today && spentNow(budget.today, report.atMs);
    const step = today === null ? 0 : stepOf(budget, today);
    if (today === null || step === 0) return [];
    const text = sayStep(whose, { ...budget, today }, step);
    const say = (): Line => ({
      level: step === 100 ? 'WARNING' : 'INFO',
      text: text.charAt(0).toUpperCase() + text.slice(1),
      fields: { whose, step, day: today.day },
    });
    return [{ id: whose, value: `${today.day} ${budget.tokensPerDay} ${step}`, say }];
  });
  return { key: 'budgets', how: 'once', now };
}

function unwell({ agents, report }: PassEnded): Standing {
  const now = agents.flatMap(({ name: agent, health: how }): Item[] => {
    if (how.state === 'well') return [];
    const { state, reason } = how;
    const say = (): Line => ({
      level: 'WARNING',
      text: sayUnwell(agent, how, report.atMs),
      fields: { agent, state },
    });
    const over = info(`Agent ${agent} is no longer held back`, { agent });
    return [{ id: agent, value: `${state} ${reason.slice(0, 500)}`, say, over }];
  });
  return { key: 'unwell agents', now };
}

function sayUnwell(agent: string, health: Unwell, nowMs: number): string {
  const { state, untilMs, reason } = health;
  if (isTryDue(health, nowMs)) return `Agent ${agent} ${TRY_IS_DUE}: ${reason}`;
  const why: Reason = {
    why: state === 'cooling-down' ? 'agent-cooling-down' : 'agent-misconfigured',
    ...{ agent, untilMs, reason },
  };
  return `Agent ${sayReason(why)}`;
}
