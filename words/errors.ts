import { calledAs } from '../config/called-as.ts';
import { type Failure, SchedulerError, type Whereabouts } from '../contract/errors.ts';
import { sayBytes } from './bytes.ts';
import { duration } from './duration.ts';
import { sayNoBackup } from './no-backup.ts';
import { isNoSchedule, type NoSchedule, sayNoSchedule } from './no-schedule.ts';
import { sayTasks } from './reason.ts';

/** The error for a failure, with the sentence for people as its message. */
export function schedulerError(failure: Failure, options?: ErrorOptions): SchedulerError {
  return new SchedulerError(failure, sayFailure(failure), options);
}

/** A failure as one or more sentences: what is wrong, and what to do about it. */
export function sayFailure(failure: Failure): string {
  return isNoSchedule(failure) ? sayNoSchedule(failure) : sayOther(failure);
}

function sayOther(failure: Exclude<Failure, NoSchedule>): string {
  switch (failure.code) {
    case 'no-such-task':
      return `TinyTask has no task ${failure.taskId}.`;
    case 'nothing-to-run':
      return `Task ${failure.taskId} is ${failure.status}, so there is nothing to run.`;
    case 'nothing-to-foresee':
      return `Task ${failure.taskId} is ${failure.status}, so there is nothing to foresee.`;
    case 'nothing-to-cancel':
      return sayNothingToCancel(failure);
    case 'not-cancelled-yet':
      return sayNotCancelledYet(failure);
    case 'task-runs':
      return `${failure.agent ?? 'Somebody'} works on task ${failure.taskId}, so it was not removed.`;
    case 'not-ended-yet':
      return sayNotEndedYet(failure);
    case 'no-such-agent':
      return sayNoSuch('agent', failure.agent, failure.known);
    case 'existing-agent':
      return `There is an agent "${failure.agent}" already: \`limit\` gives it more slots.`;
    case 'leaving-agent':
      return sayLeaving(failure);
    case 'no-such-queue':
      return sayNoSuch('queue', failure.queue, failure.known);
    case 'no-such-attempt':
      return sayNoSuchAttempt(failure);
    case 'no-log':
    case 'log-elsewhere':
    case 'log-missing':
    case 'log-unreadable':
      return sayNoLog(failure);
    case 'temporal-unreachable':
      return sayUnreachable(failure);
    case 'temporal-stuck':
      return sayStuck(failure);
    case 'search-attributes-missing':
      return saySearchAttributes(failure);
    case 'another-scheduler':
      return sayAnotherScheduler(failure);
    case 'anothers-tinytask':
      return (
        `The TinyTask at ${failure.endpoint} is that of ${failure.theirs}, not of ${failure.ours}. Have one here by ` +
        '`start`, or name it with TINYSCHEDULER_MCP_ENDPOINT to use it all the same.'
      );
    case 'backup-place-taken':
    case 'backup-failed':
    case 'nothing-to-back-up':
    case 'backup-unusable':
    case 'restore-place-taken':
    case 'something-runs':
    case 'restore-failed':
      return sayNoBackup(failure);
    case 'api-no-answer':
      return sayNoApiAnswer(failure);
    case 'pass-failed':
    case 'temporal-failed':
    case 'tinytask-unreachable':
    case 'tinytask-timeout':
    case 'tinytask-broken-reply':
    case 'tinytask-refused':
      return failure.text;
  }
}

type About<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

function sayUnreachable(failure: About<'temporal-unreachable'>): string {
  return `Temporal at ${failure.address} does not answer (${failure.text}): ${
    failure.named
      ? 'start that server, or correct TEMPORAL_ADDRESS'
      : `run \`${calledAs()} start\`, or set TEMPORAL_ADDRESS to your server`
  }.`;
}

function sayStuck(failure: About<'temporal-stuck'>): string {
  return (
    `Temporal at ${failure.address} answers, but has not read a workflow in ${failure.withinMs / 1_000} s: is its disk ` +
    'full? Make room, and start it again if it does not go on by itself; its log says more.'
  );
}

function sayNoApiAnswer({ method }: About<'api-no-answer'>): string {
  return (
    `The API was told to do this (${method}) and has not answered, so whether it was done is not known: ` +
    `look with \`${calledAs()} status\` before you say it again.`
  );
}

function sayNothingToCancel({ taskId, status }: About<'nothing-to-cancel'>): string {
  if (status === 'complete') return `Task ${taskId} is complete, so there is nothing to cancel.`;
  return (
    `Task ${taskId} is ${status} and has no run, so there is nothing to cancel. ` +
    'To keep it from starting, archive it, or take its queue and agent away in TinyTask.'
  );
}

function sayNotCancelledYet({ taskId, phase, agent }: About<'not-cancelled-yet'>): string {
  const on = agent === null ? '' : ` on ${agent}`;
  return (
    `Task ${taskId} was asked to stop and is still ${phase}${on}: no worker has carried it out yet. ` +
    `One that starts does so first; \`explain ${taskId}\` tells how far it is.`
  );
}

function sayNotEndedYet({ taskId, withinMs, state }: About<'not-ended-yet'>): string {
  const where = state === 'lost' ? 'it has no run' : `its run is ${state}`;
  return `Task ${taskId} has not ended within ${duration(withinMs)}: ${where}. \`explain ${taskId}\` tells why.`;
}

function sayNoSuchAttempt({ taskId, attempt, known }: About<'no-such-attempt'>): string {
  if (known.length === 0) return `Task ${taskId} has had no attempt yet; \`explain ${taskId}\` tells why.`;
  const numbers = known.slice(-NAMES_SAID).join(', ');
  return `Task ${taskId} has no attempt ${attempt}. There are: ${numbers}.`;
}

type NoLog = About<'no-log' | 'log-elsewhere' | 'log-missing' | 'log-unreadable'>;

function sayNoLog(failure: NoLog): string {
  switch (failure.code) {
    case 'no-log': {
      const { taskId, attempt, reason } = failure;
      return `Attempt ${attempt} at task ${taskId} has no log${reason === null ? '' : `: ${reason}`}.`;
    }
    case 'log-elsewhere': {
      const { taskId, attempt, host, log } = failure;
      return `Attempt ${attempt} at task ${taskId} is on ${host}: ask there, or look for ${log} in its log folder.`;
    }
    case 'log-missing': {
      const { taskId, attempt, path, isOver, kept } = failure;
      const why = isOver
        ? `it is no longer kept (logs are for ${sayDays(kept.days)}, and ${sayBytes(kept.bytes)} of them), somebody has removed it, ` +
          'or the log folder was another one then'
        : 'goose has not started yet';
      return `The log of attempt ${attempt} at task ${taskId} is not at ${path}: ${why}.`;
    }
    case 'log-unreadable':
      return `The log ${failure.path} cannot be read: ${failure.text}.`;
  }
}

function sayDays(days: number): string {
  return days === 1 ? 'a day' : `${days} days`;
}

const NAMES_SAID = 50;

function sayNoSuch(what: 'agent' | 'queue', name: string, known: readonly string[]): string {
  const names = known.slice(0, NAMES_SAID).join(', ') || 'none yet';
  return `There is no ${what} ${JSON.stringify(name)} that has had a pass. There are: ${names}.`;
}

function sayLeaving({ agent, taskIds }: About<'leaving-agent'>): string {
  return (
    `Agent ${agent} is not in the configuration any more: it is given nothing, and finishes ${sayTasks(taskIds)}. ` +
    `\`cancel --agent ${agent}\` stops that.`
  );
}

function saySearchAttributes({ names, namespace, text }: About<'search-attributes-missing'>): string {
  const wanted = names.map((name) => `--name ${name} --type Keyword`).join(' ');
  return (
    `The search attributes ${names.join(', ')} could not be looked up or added (${text}). If they are missing: ` +
    `temporal operator search-attribute create --namespace ${namespace} ${wanted}`
  );
}

function sayAnotherScheduler({ theirs, ours }: About<'another-scheduler'>): string {
  const where = ({ basePath, host }: Whereabouts) =>
    host === ours.host ? basePath : `${basePath} on ${host}`;
  return (
    `The scheduler on this Temporal server is that of ${where(theirs)} (TinyTask ${theirs.tinytask}), not of ` +
    `${ours.basePath} (TinyTask ${ours.tinytask}). Speak to that one with --base-path ${theirs.basePath}, ` +
    'or have one here: by `start`, or in a TEMPORAL_NAMESPACE of its own.'
  );
}
