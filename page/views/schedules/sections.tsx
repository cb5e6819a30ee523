import { useMemo } from 'preact/hooks';
import { agents } from '../../live/store.ts';
import { TIMINGS } from './draft.ts';
import { Field, type FormState, Labelled } from './field.tsx';
import { OVERLAP_WORDS, PLACEHOLDERS, TIMING_WORDS } from './field-words.ts';
import { knownZones } from './zones.ts';

/** When it is due. */
export function When({ form }: { form: FormState }) {
  const { draft } = form;
  return (
    <fieldset>
      <legend>When</legend>
      <div class="choice" role="radiogroup" aria-label="How it is said when it is due">
        {TIMINGS.map((timing) => (
          <label key={timing}>
            <input
              type="radio"
              name="timing"
              checked={draft.timing === timing}
              onChange={() => form.choose({ timing })}
            />
            {TIMING_WORDS[timing]}
          </label>
        ))}
      </div>
      <Field key={draft.timing} form={form} name={draft.timing} />
      {draft.timing === 'every' && <Field form={form} name="offset" />}
      <Field form={form} name="timezone" list="zones" />
      <Zones />
      <details>
        <summary>From when to when, and by chance</summary>
        <Field form={form} name="start" />
        <Field form={form} name="end" />
        <Field form={form} name="remaining" />
        <Field form={form} name="jitter" />
      </details>
    </fieldset>
  );
}

function Zones() {
  const zones = useMemo(knownZones, []);
  return (
    <datalist id="zones">
      {zones.map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}

/** What is done then. */
export function Work({ form }: { form: FormState }) {
  const { work } = form.draft;
  return (
    <fieldset>
      <legend>What</legend>
      <div class="choice" role="radiogroup" aria-label="What is done">
        <label>
          <input
            type="radio"
            name="work"
            checked={work === 'task'}
            onChange={() => form.choose({ work: 'task' })}
          />
          a task for an agent
        </label>
        <label>
          <input
            type="radio"
            name="work"
            checked={work === 'command'}
            onChange={() => form.choose({ work: 'command' })}
          />
          a program
        </label>
      </div>
      {work === 'task' ? <TaskFields form={form} /> : <ProgramFields form={form} />}
      <Field form={form} name="priority" list="priorities" />
      <datalist id="priorities">
        {['critical', 'high', 'medium', 'low'].map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </fieldset>
  );
}

function TaskFields({ form }: { form: FormState }) {
  const all = [...agents.value.all.values()];
  const queues = [...new Set(all.flatMap(({ queue }) => queue ?? []))];
  return (
    <>
      <Field form={form} name="title" />
      <Placeholders />
      <Field form={form} name="queue" list="queues" />
      <Field form={form} name="agent" list="agents" />
      <Field form={form} name="recipe" />
      <Field form={form} name="description" lines={4} />
      <Field form={form} name="tags" lines={2} />
      <datalist id="queues">
        {queues.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <datalist id="agents">
        {all.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function Placeholders() {
  return (
    <details>
      <summary>What is filled in, in the title and the description</summary>
      <dl class="definition">
        {PLACEHOLDERS.map(([written, becomes]) => (
          <div key={written}>
            <dt>
              <code>{written}</code>
            </dt>
            <dd>{becomes}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">Nothing else is: {'{{ x }}'} and $(…) stay as they are.</p>
    </details>
  );
}

function ProgramFields({ form }: { form: FormState }) {
  return (
    <>
      <p class="admin-note">
        Whoever makes, changes or deletes a schedule that runs a program needs a token of the scope admin:{' '}
        <code>./tinyscheduler token create --scope admin</code>. To run, pause and resume it, operate is
        enough.
      </p>
      <Field form={form} name="command" />
      <Field form={form} name="args" lines={3} />
      <Field form={form} name="title" />
      <Placeholders />
      <Field form={form} name="description" lines={4} />
    </>
  );
}

/** What of it may go on at once, and what becomes of what cannot. */
export function Limits({ form }: { form: FormState }) {
  const overlap = form.draft.texts.overlap ?? '';
  return (
    <fieldset>
      <legend>How it goes</legend>
      <Labelled form={form} name="overlap">
        <select
          id="field-overlap"
          aria-describedby="about-overlap"
          value={overlap === 'skip' ? '' : overlap}
          onChange={(event) => form.write('overlap', event.currentTarget.value)}
        >
          {OVERLAP_WORDS.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </Labelled>
      <Field form={form} name="catchup" />
      <Field form={form} name="pause_on_failure" />
      <details>
        <summary>Limits over several schedules</summary>
        <Field form={form} name="job_key" />
        <Field form={form} name="max_per_job" />
        <Field form={form} name="max_global" />
      </details>
    </fieldset>
  );
}

/** Whether one that is new begins paused. */
export function Paused({ form }: { form: FormState }) {
  const { paused } = form.draft;
  return (
    <fieldset>
      <legend>At first</legend>
      <label class="choice">
        <span>
          <input
            type="checkbox"
            checked={paused}
            onChange={(event) => form.choose({ paused: event.currentTarget.checked })}
          />{' '}
          it is paused until somebody resumes it
        </span>
      </label>
      {paused && <Field form={form} name="pause_note" />}
    </fieldset>
  );
}
