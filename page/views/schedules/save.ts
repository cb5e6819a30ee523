import { send, tell } from '../../api/call.ts';
import type { Schedule, ScheduleDefined } from '../../api/shapes.ts';
import { bodyOf, changesOf, type Draft, draftOf } from './draft.ts';
import type { KeptDraft } from './kept-draft.ts';
import type { OnceKey } from './once-key.ts';
import { pathOf } from './place.ts';

/** What there is of a schedule, to be changed. @throws ApiProblem */
export async function loadDraft(name: string): Promise<KeptDraft> {
  const response = await send(pathOf(name));
  const { definition } = (await response.json()) as Schedule;
  const draft = draftOf(definition);
  return { draft, base: draft, etag: response.headers.get('etag') };
}

/** @throws ApiProblem */
export function create(draft: Draft, once: OnceKey): Promise<ScheduleDefined> {
  const body = bodyOf(draft);
  return tell('POST', '/api/schedules', body, { 'idempotency-key': once.for(body) });
}

/** Only where it is still what the person has seen. @throws ApiProblem */
export function change(name: string, { draft, base, etag }: KeptDraft): Promise<ScheduleDefined> {
  return tell('PATCH', pathOf(name), changesOf(base, draft), etag === null ? {} : { 'if-match': etag });
}

/** Somebody else was quicker. */
export const OTHERS_CHANGED: readonly string[] = ['precondition-failed', 'schedule-changed'];
