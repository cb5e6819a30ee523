import { z } from '@hono/zod-openapi';
import type { SchedulerClient, Selection } from '../../client/scheduler-client.ts';
import { stillOff } from '../../client/still-off.ts';
import { isMeant, isTurned, lookUntil, type Switch, turned } from '../../client/turned.ts';
import type { Note } from '../../contract/by-hand.ts';
import type { Stopped } from '../../contract/status.ts';
import { sayReason } from '../../words/reason.ts';
import { sayStopped } from '../../words/stopped.ts';
import type { Caller } from '../guard/caller.ts';
import type { RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';
import { refuseUnknown, switchesJson, switchShape } from './switch-state.ts';
import { noteOf, writing } from './writing.ts';

const whole = z
  .strictObject({
    queue: is.name.optional().openapi({ description: 'The agents of this queue only.' }),
    ...writing,
  })
  .openapi('SwitchBody');
const ofAgent = z.strictObject(writing).openapi('Deed');

export const switched = z
  .strictObject({
    dry_run: z.boolean(),
    before: switchShape,
    after: switchShape,
    in_force: z.boolean().nullable().openapi({
      description:
        'Whether `after` is as asked; false: nobody has taken it within a second, and it counts when somebody does.',
    }),
    running: z.array(z.int()).openapi({ description: 'Tasks that go on, or went on, of what it is about.' }),
    became: z.array(z.strictObject({ task_id: z.int(), agent: is.textOrNull, did: is.text, says: is.text })),
    still_off: z
      .array(is.text)
      .openapi({ description: 'What still keeps from starting what was turned on.' }),
  })
  .openapi('Switched');

interface Turn {
  verb: Switch;
  what: Selection;
  caller: Caller;
  note: string | undefined;
  dryRun: boolean | undefined;
}

const PATHS: { path: string; agentPath: string; verb: Switch; summary: string }[] = [
  { path: '/api/pause', agentPath: 'pause', verb: 'pause', summary: 'Start nothing more; what runs goes on' },
  {
    path: '/api/resume',
    agentPath: 'resume',
    verb: 'resume',
    summary: 'Start tasks again after a pause or drain',
  },
  {
    ...{ path: '/api/stop-agents', agentPath: 'stop', verb: 'stop-agents' },
    summary: 'Stop what runs, and start nothing more; no attempt is used. Answers when it has stopped',
  },
  {
    ...{ path: '/api/start-agents', agentPath: 'start', verb: 'start-agents' },
    summary: 'Start tasks again after a stop',
  },
];

/** What turns everything, a queue or an agent off, and on again: each is undone by its opposite alone. */
export function switchRoutes(deps: RouteDeps): Route[] {
  const about = { method: 'post', scope: 'operate', tag: 'Switches', answer: switched } as const;
  const everything = PATHS.map(({ path, verb, summary }) =>
    route({
      ...{ ...about, path, summary: `${summary}: everything, or a queue`, body: whole },
      codes: ['no-such-queue'],
      handle: ({ body: { queue, note, dry_run: dryRun }, caller }) =>
        turn(deps, { verb, what: queue === undefined ? {} : { queue }, caller, note, dryRun }),
    }),
  );
  const agents = PATHS.map(({ agentPath, verb, summary }) =>
    route({
      ...{ ...about, path: `/api/agents/{name}/${agentPath}`, summary: `${summary}: one agent` },
      ...{ params: is.agentParams, body: ofAgent },
      codes: ['no-such-agent', 'leaving-agent'],
      handle: ({ params: { name }, body: { note, dry_run: dryRun }, caller }) =>
        turn(deps, { verb, what: { agent: name }, caller, note, dryRun }),
    }),
  );
  const drain = route({
    ...{ ...about, path: '/api/drain', body: whole, status: 202 },
    summary:
      'Pause, and tell what still runs: nothing does when GET /api/state has no more of it. Undone by resume',
    codes: ['no-such-queue'],
    handle: ({ body: { queue, note, dry_run: dryRun }, caller }) =>
      turn(deps, { verb: 'pause', what: queue === undefined ? {} : { queue }, caller, note, dryRun }),
  });
  return [...everything, ...agents, drain];
}

async function turn(
  { scheduler, look }: RouteDeps,
  { verb, what, caller, note, dryRun }: Turn,
): Promise<object> {
  const before = await look.within(0);
  const told = { dry_run: dryRun === true, before: switchesJson(before.status, what) };
  if (dryRun) {
    refuseUnknown(before, what);
    const then = turned(before.status, verb, what);
    return {
      ...told,
      after: switchesJson(then, what),
      in_force: null,
      running: runningOf(before.status, what),
      became: [],
      still_off: stillOffIn(then, verb, what),
    };
  }
  const became = await scheduler.use((client) => carryOut(client, verb, what, noteOf(caller, note)));
  const { after, inForce } = await lookUntil(
    () => look.within(0),
    (seen) => isTurned(seen.status, verb, what),
  );
  const { status } = after;
  return {
    ...{ ...told, after: switchesJson(status, what), in_force: inForce, running: runningOf(status, what) },
    became: became.map((each) => ({
      ...{ task_id: each.taskId, agent: each.agent, did: each.did },
      says: sayStopped(each),
    })),
    still_off: stillOffIn(status, verb, what),
  };
}

/** Of what was turned off all is off, and nobody has to be told. */
function stillOffIn(status: Parameters<typeof stillOff>[0], verb: Switch, what: Selection): string[] {
  if (verb !== 'resume' && verb !== 'start-agents') return [];
  const { all, some } = stillOff(status, what);
  return [...all, ...some].map(sayReason);
}

async function carryOut(
  client: SchedulerClient,
  verb: Switch,
  what: Selection,
  note: Note,
): Promise<Stopped[]> {
  switch (verb) {
    case 'pause':
      await client.pause(what, note);
      return [];
    case 'resume':
      await client.resume(what, note);
      return [];
    case 'start-agents':
      await client.startAgents(what, note);
      return [];
    case 'stop-agents':
      return client.stopAgents(what, note);
  }
}

type Running = Parameters<typeof stillOff>[0];

function runningOf({ running, agents }: Running, what: Selection): number[] {
  const names = new Set(agents.filter(isMeant(what)).map(({ name }) => name));
  const isEverything = what.agent === undefined && what.queue === undefined;
  return running
    .filter(({ agent }) => isEverything || (agent !== null && names.has(agent)))
    .map(({ taskId }) => taskId);
}
