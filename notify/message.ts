import type { Bundle, Line } from '../domain/notify/bundle.ts';
import type { ConditionFacts } from '../domain/notify/condition.ts';
import {
  sayDigest,
  sayDigestStep,
  sayNextStep,
  sayNotification,
  type Titles,
} from '../words/notification.ts';

/** The form is documented in docs/notifications.md; fields are added, and none is changed or taken away. */
const VERSION = 1;
export const LARGEST_BODY_BYTES = 16_000;

/** What goes to the receiver. */
export type Message = { version: number; id: string; at: string; says: string } & Record<string, unknown>;

/** What a message takes from elsewhere. */
export interface Beside {
  titles: Titles;
  /** Where the page is served; undefined: nowhere. */
  page: string | undefined;
}

/** A bundle as its receiver gets it, at most 16,000 bytes of JSON. */
export function messageOf(bundle: Bundle, beside: Beside): Message {
  const [line] = bundle.lines;
  const common = { version: VERSION, id: bundle.id, at: iso(bundle.atMs) };
  if (bundle.count === 1 && line !== undefined) return { ...common, ...ofLine(line, beside) };
  return fitting({
    ...common,
    ...{ kind: 'digest', state: stateOf(bundle), key: null },
    says: sayDigest(bundle),
    since: iso(Math.min(...bundle.lines.map(({ sinceMs }) => sinceMs), bundle.atMs)),
    facts: {
      ...{ count: bundle.count, kinds: bundle.kinds, recovered: bundle.recovered, over: bundle.over ?? 0 },
      first: bundle.lines.map((each) => ofLine(each, beside)),
      also: bundle.also,
      left_out: bundle.count - bundle.lines.length - bundle.also.length,
    },
    link: beside.page === undefined ? null : `${beside.page}/`,
    next_step: sayDigestStep(),
  });
}

export function testMessage(id: string, nowMs: number, page: string | undefined): Message {
  return {
    ...{ version: VERSION, id, at: iso(nowMs), kind: 'test', state: 'firing', key: 'test' },
    says: 'This is a test: notifications of TinyScheduler arrive.',
    ...{ since: iso(nowMs), facts: {}, link: page === undefined ? null : `${page}/`, next_step: null },
  };
}

function stateOf({ count, recovered }: Bundle): 'firing' | 'recovered' | 'mixed' {
  if (recovered === 0) return 'firing';
  return recovered === count ? 'recovered' : 'mixed';
}

function ofLine(line: Line, { titles, page }: Beside): { says: string } & Record<string, unknown> {
  const { key, state, sinceMs, facts } = line;
  return {
    ...{ kind: facts.kind, state, key, says: sayNotification(line, titles), since: iso(sinceMs) },
    facts: factsJson(facts, titles),
    link: page === undefined ? null : `${page}/${placeOf(facts)}`,
    next_step: sayNextStep(line),
  };
}

function factsJson(facts: ConditionFacts, titles: Titles): Record<string, unknown> {
  if ('more' in facts) return { more: facts.more };
  switch (facts.kind) {
    case 'parked':
      return { ...taskJson(facts, titles), verdict: facts.verdict };
    case 'late':
      return {
        ...taskJson(facts, titles),
        ...{ started_at: iso(facts.startedMs), limit_sec: facts.limitMs / 1_000 },
      };
    case 'unwell':
      return { agent: facts.agent, pool: facts.queue, health: facts.state };
    case 'schedule':
      return { schedule: facts.schedule, problem: facts.problem, count: facts.count ?? null };
    case 'budget': {
      const { percent, used, tokensPerDay, day } = facts;
      const whose = 'agent' in facts ? { agent: facts.agent } : { pool: facts.queue };
      return { ...whose, percent, used, tokens_per_day: tokensPerDay, day };
    }
  }
}

function taskJson(
  { taskId, agent, attempt }: { taskId: number; agent: string | null; attempt: number },
  titles: Titles,
): Record<string, unknown> {
  return { task_id: taskId, title: titles.get(taskId) ?? null, agent, attempt };
}

/** Of the page. */
function placeOf(facts: ConditionFacts): string {
  if ('more' in facts) return '';
  switch (facts.kind) {
    case 'parked':
    case 'late':
      return `#/tasks/${facts.taskId}`;
    case 'unwell':
    case 'budget':
      return '#/agents';
    case 'schedule':
      return `#/schedules/${encodeURIComponent(facts.schedule)}`;
  }
}

/** Those that are only named by key go first, then messages from the end. */
function fitting<M extends Message & { facts: { first: unknown[]; also: unknown[]; left_out: number } }>(
  message: M,
): M {
  const { facts } = message;
  while (bytesOf(message) > LARGEST_BODY_BYTES) {
    const from = facts.also.length > 0 ? facts.also : facts.first;
    if (from.length === 0) break;
    from.pop();
    facts.left_out += 1;
  }
  return message;
}

export function bytesOf(message: Message): number {
  return Buffer.byteLength(JSON.stringify(message));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
