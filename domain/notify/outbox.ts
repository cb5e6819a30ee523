import {
  areAboutTheSame,
  type Bundle,
  bundleOf,
  type Failing,
  failedAgain,
  type Line,
  merged,
  ready,
} from './bundle.ts';
import type { Changes, Condition, ConditionFacts, Levels } from './condition.ts';
import { isAboutTheMessage, isRefused, type NotDelivered } from './patience.ts';

/** A condition, and what was told of it. */
export interface KnownCondition {
  key: string;
  level: number;
  facts: ConditionFacts;
  /** Milliseconds since the epoch, as all times here. */
  sinceMs: number;
  seenMs: number;
  /** The level of the last message that was made; 0: none was. */
  told: number;
  /** The bundle that tells it, and is not delivered yet. */
  telling?: string;
  /** People know: one that told it was delivered. */
  delivered?: true;
  /** It is over, and the bundle that tells it is not delivered yet. */
  over?: true;
  /** Nobody is told that it is over. */
  dropped?: true;
}

/** What is known, and what is still to be told. Plain data: it crosses runs of the notifier. */
export interface Outbox {
  /** With which the ids of its messages begin. */
  series: string;
  next: number;
  known: KnownCondition[];
  /** The oldest first; at most `MOST_PENDING`. */
  pending: Bundle[];
  /** The one that is tried: it stays as it is, since the receiver may have it already. */
  sending?: Bundle;
  /** The receiver takes none. */
  failing?: Failing;
  /** When the last messages were delivered, within a minute. */
  sentMs: number[];
  digestMs?: number;
}

export interface TellingRules {
  /** An agent is told of when it has been unwell for so long. */
  afterMs: number;
  /** Whether people are told that something is over. */
  recovered: boolean;
}

export const MOST_PENDING = 200;
export const MOST_A_MINUTE = 10;
const MINUTE_MS = 60_000;

export function emptyOutbox(series: string): Outbox {
  return { series, next: 1, known: [], pending: [], sentMs: [] };
}

/** Of what a look need not tell again. */
export function levelsOf({ known }: Outbox): Levels {
  return Object.fromEntries(known.filter(({ over }) => !over).map(({ key, level }) => [key, level]));
}

/** Takes in what a look has found, in place, and makes the messages that are due. */
export function look(outbox: Outbox, changes: Changes, rules: TellingRules, nowMs: number): void {
  const { came, gone, dropped = [] } = changes;
  for (const condition of came) take(outbox, condition, nowMs);
  for (const known of outbox.known) if (dropped.includes(known.key)) known.dropped = true;
  for (const key of dropped) end(outbox, key, rules, nowMs);
  for (const key of gone) end(outbox, key, rules, nowMs);
  tellDue(outbox, rules, nowMs);
}

function take(outbox: Outbox, { key, level, facts, sinceMs }: Condition, nowMs: number): void {
  const before = outbox.known.find((each) => each.key === key);
  if (before === undefined) {
    outbox.known.push({ key, level, facts, sinceMs: sinceMs ?? nowMs, seenMs: nowMs, told: 0 });
    return;
  }
  // One that comes back before anybody could be told that it was there is the same one.
  delete before.over;
  delete before.dropped;
  before.facts = facts;
  before.level = Math.max(level, before.level);
}

function end(outbox: Outbox, key: string, rules: TellingRules, nowMs: number): void {
  const known = outbox.known.find((each) => each.key === key);
  if (known === undefined) return;
  const bundle = outbox.pending.find(({ id }) => id === known.telling);
  if (bundle?.overflow) bundle.over = (bundle.over ?? 0) + 1;
  else if (known.telling !== undefined) {
    known.over = true;
    return;
  }
  forget(outbox, known, rules, nowMs);
}

/** It is over; who knew of it is told. */
function forget(outbox: Outbox, known: KnownCondition, { recovered }: TellingRules, nowMs: number): void {
  outbox.known = outbox.known.filter((each) => each !== known);
  if (!known.delivered || known.dropped || !recovered) return;
  put(outbox, lineOf(known, 'recovered', nowMs));
  makeRoom(outbox);
}

/** When the next one has lasted long enough to be told; undefined: none waits for that. */
export function tellDueMs({ known }: Outbox, { afterMs }: TellingRules): number | undefined {
  const waits = known.filter(({ told, over }) => told === 0 && !over);
  return waits.length === 0 ? undefined : Math.min(...waits.map((each) => dueMs(each, afterMs)));
}

/** Makes the messages about what has lasted long enough. */
export function tellDue(outbox: Outbox, { afterMs }: TellingRules, nowMs: number): void {
  for (const known of outbox.known) {
    if (known.over || known.told >= known.level || nowMs < dueMs(known, afterMs)) continue;
    known.told = known.level;
    known.telling = put(outbox, lineOf(known, 'firing', nowMs));
    makeRoom(outbox);
  }
}

function dueMs({ seenMs, facts }: KnownCondition, afterMs: number): number {
  return facts.kind === 'unwell' ? seenMs + afterMs : seenMs;
}

function lineOf({ key, sinceMs, facts }: KnownCondition, state: Line['state'], atMs: number): Line {
  return { key, state, atMs, sinceMs, facts };
}

function put(outbox: Outbox, line: Line): string {
  const id = newId(outbox);
  outbox.pending.push(bundleOf(line, id));
  return id;
}

function newId(outbox: Outbox): string {
  const id = `${outbox.series}-${outbox.next}`;
  outbox.next += 1;
  return id;
}

/** Of a full outbox the older half of the kind that has most messages becomes one that counts them. */
function makeRoom(outbox: Outbox): void {
  if (outbox.pending.length <= MOST_PENDING) return;
  const groups = new Map<string, Bundle[]>();
  for (const bundle of outbox.pending) {
    const kind = Object.keys(bundle.kinds).join();
    groups.set(kind, [...(groups.get(kind) ?? []), bundle]);
  }
  const [most = []] = [...groups.values()].sort((a, b) => b.length - a.length);
  const old = most.slice(0, Math.max(2, Math.ceil(most.length / 2)));
  merge(outbox, old, true);
}

/** Puts one in the place of the first of them. */
function merge(outbox: Outbox, old: readonly Bundle[], overflow: boolean): Bundle {
  const one: Bundle = { ...merged(old, newId(outbox)), ...(overflow && { overflow: true }) };
  const ids = new Set(old.map(({ id }) => id));
  const at = outbox.pending.findIndex(({ id }) => ids.has(id));
  outbox.pending = outbox.pending.filter(({ id }) => !ids.has(id));
  outbox.pending.splice(at, 0, one);
  for (const known of outbox.known) {
    if (known.telling === undefined || !ids.has(known.telling)) continue;
    known.telling = one.id;
    // Of what is not named any more nobody is told that it is over.
    if (overflow && known.over) one.over = (one.over ?? 0) + 1;
  }
  if (overflow) outbox.known = outbox.known.filter(({ telling, over }) => telling !== one.id || !over);
  return one;
}

/** What is to be sent now, and from when on the next may be; in place. */
export function next(outbox: Outbox, nowMs: number): { send: Bundle } | { atMs: number } | undefined {
  const { failing } = outbox;
  if (failing !== undefined && nowMs < failing.nextMs) return { atMs: failing.nextMs };
  const send = outbox.sending ?? choose(outbox, nowMs);
  if (send !== undefined) {
    outbox.sending = send;
    return { send };
  }
  const later = outbox.pending.flatMap(({ refused }) => (refused ? [refused.nextMs] : []));
  const wakeMs = later.filter((atMs) => atMs > nowMs);
  if (ready(outbox.pending, nowMs).length > 0)
    wakeMs.push(Math.min(outbox.sentMs[0] ?? nowMs, outbox.digestMs ?? Number.POSITIVE_INFINITY) + MINUTE_MS);
  return wakeMs.length === 0 ? undefined : { atMs: Math.min(...wakeMs) };
}

/** One message; or, above ten a minute, one of all that may go. */
function choose(outbox: Outbox, nowMs: number): Bundle | undefined {
  outbox.sentMs = outbox.sentMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
  const able = ready(outbox.pending, nowMs);
  if (able.length + outbox.sentMs.length <= MOST_A_MINUTE) return pick(outbox, able[0]);
  if (outbox.digestMs !== undefined && nowMs - outbox.digestMs < MINUTE_MS) return undefined;
  const one = able.length > 1 ? merge(outbox, able, false) : able[0];
  if (one !== undefined) outbox.digestMs = nowMs;
  return pick(outbox, one);
}

function pick(outbox: Outbox, bundle: Bundle | undefined): Bundle | undefined {
  outbox.pending = outbox.pending.filter((each) => each !== bundle);
  return bundle;
}

/** The receiver has it; in place. */
export function delivered(outbox: Outbox, id: string, rules: TellingRules, nowMs: number): void {
  if (outbox.sending?.id !== id) return;
  delete outbox.sending;
  delete outbox.failing;
  outbox.sentMs = [...outbox.sentMs, nowMs].slice(-MOST_A_MINUTE);
  for (const known of outbox.known.filter(({ telling }) => telling === id)) {
    delete known.telling;
    known.delivered = true;
    if (known.over) forget(outbox, known, rules, nowMs);
  }
}

/**
 * The receiver has not taken it, as far as is known; in place. One that was refused lets others go first, since it may be the only one
 * that the receiver does not like; they need not wait where it is said to be about that message.
 */
export function notDelivered(outbox: Outbox, id: string, problem: NotDelivered, nowMs: number): void {
  const { sending } = outbox;
  if (sending?.id !== id) return;
  if (isAboutTheMessage(problem)) {
    // It answers, so that whatever was so before is over.
    delete outbox.failing;
    sending.refused = failedAgain(sending.refused, problem, nowMs);
  } else outbox.failing = failedAgain(outbox.failing, problem, nowMs);
  if (!isRefused(problem)) return;
  delete outbox.sending;
  // That something is over is told after that it was so, and before that it is so again.
  const at = outbox.pending.findIndex((bundle) => areAboutTheSame(sending, bundle));
  outbox.pending.splice(at === -1 ? outbox.pending.length : at, 0, sending);
}

/** What people should know of; undefined: the last one was delivered, or there was none, and none was refused. */
export function failingIn({ failing, sending, pending }: Outbox): Failing | undefined {
  if (failing !== undefined) return failing;
  const refused = [...(sending ? [sending] : []), ...pending].flatMap((bundle) => bundle.refused ?? []);
  return refused.sort((a, b) => a.sinceMs - b.sinceMs)[0];
}

/** How many messages wait. */
export function waitingIn({ pending, sending }: Outbox): number {
  return pending.reduce((sum, { count }) => sum + count, sending?.count ?? 0);
}
