import type { AtWork } from '../../api/shapes.ts';
import { nowMs } from '../../live/clock.ts';
import { harmless } from '../../parts/harmless.ts';
import { PhaseMark } from '../../parts/mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { NEAR, towardsLimit } from './limit.ts';
import type { Line } from './line.ts';
import { TaskLink } from './task-words.tsx';

const NUMBER = new Intl.NumberFormat('en-GB');

/** A slot with what runs in it. `work`: what the API knows of it; undefined: nothing yet. */
export function TakenSlot({ line, work }: { line: Line; work: AtWork | undefined }) {
  return (
    <div class="now-slot now-taken">
      <TaskLink id={line.task_id} title={line.title} />
      <div class="now-facts">
        <PhaseMark phase={line.phase} />
        <span>
          for <Ago at={work?.since ?? line.since} plain />
        </span>
        {(line.attempt ?? 0) > 1 && <span>attempt {line.attempt}</span>}
        <span>
          {work?.tokens == null ? <span title="not known">–</span> : NUMBER.format(work.tokens)} tokens
        </span>
      </div>
      {work !== undefined && <Limit work={work} />}
      <LastOutput work={work} />
    </div>
  );
}

function Limit({ work }: { work: AtWork }) {
  const towards = towardsLimit(work, nowMs.value);
  if (towards === undefined) return <div class="now-limit-words quiet">No time runs yet.</div>;
  return (
    <div class={`now-limit now-${towards.kind}`}>
      <meter
        min={0}
        max={1}
        high={NEAR}
        optimum={0}
        value={towards.share}
        aria-label={`Time of task ${work.task_id}`}
      >
        {towards.says}
      </meter>
      <span class="now-limit-words">{towards.says}</span>
    </div>
  );
}

function LastOutput({ work }: { work: AtWork | undefined }) {
  if (work === undefined) return null;
  const { log, last_output: text } = work;
  if (log === null)
    return (
      <div class="now-output quiet" title="It has no log yet, or it lies on another host">
        – no log here
      </div>
    );
  return (
    <div class="now-output" title={text === null ? undefined : harmless(text)}>
      <bdi>{harmless(text ?? 'nothing written yet')}</bdi>{' '}
      <span class="quiet now-when">
        <Ago at={log.written} />
      </span>
    </div>
  );
}
