import { useRef, useState } from 'preact/hooks';
import { go } from '../../../address/address.ts';
import { linkTo } from '../../../address/link.ts';
import { type Problem, problemOf, tell } from '../../../api/call.ts';
import type { Added } from '../../../api/shapes.ts';
import { agents } from '../../../live/store.ts';
import { announce } from '../../../parts/announce.tsx';
import { ProblemNote } from '../../../parts/deed.tsx';
import { type Draft, taskFrom } from './draft.ts';
import { forgetDraft, keepDraft, keptDraft } from './kept-draft.ts';

/** Adds a task; a key of its own goes with it, so that a second press or a lost answer adds no second one. */
export function NewTask() {
  const [kept] = useState(() => keptDraft(sessionStorage));
  const [draft, setDraft] = useState<Draft>(kept.draft);
  const [state, setState] = useState<{ busy: boolean; problem?: Problem; wrong?: string }>({ busy: false });
  const key = useRef(kept.key);
  const add = async () => {
    const task = taskFrom(draft);
    if (typeof task === 'string') return setState({ busy: false, wrong: task });
    setState({ busy: true });
    const text = JSON.stringify(task);
    if (key.current.of !== text) key.current = { of: text, is: newKey() };
    keepDraft(sessionStorage, { draft, key: key.current });
    try {
      const { after, nobody_takes_it: nobody } = await tell<Added>('POST', '/api/tasks', task, {
        'idempotency-key': key.current.is,
      });
      forgetDraft(sessionStorage);
      announce(
        `Task ${after.task_id} is added${nobody ? `, but nobody takes it: ${nobody.says}` : ''}.`,
        'at-once',
      );
      go(linkTo(['tasks', after.task_id ?? '']));
    } catch (error) {
      setState({ busy: false, problem: problemOf(error) });
    }
  };
  const of = (name: keyof Draft) => ({
    name,
    value: draft[name],
    onInput: (event: { currentTarget: { value: string } }) => {
      const next = { ...draft, [name]: event.currentTarget.value };
      setDraft(next);
      keepDraft(sessionStorage, { draft: next, key: key.current });
    },
  });
  const names = [...agents.value.all.keys()].sort();
  const queues = [...new Set([...agents.value.all.values()].flatMap(({ queue }) => queue ?? []))].sort();
  return (
    <form
      class="new-task"
      onSubmit={(event) => {
        event.preventDefault();
        if (!state.busy) void add();
      }}
    >
      <h2>Add a task</h2>
      <label>
        Title
        {/* biome-ignore lint/a11y/noAutofocus: whoever comes here came to write it. */}
        <input required maxLength={1_000} autoFocus {...of('title')} />
      </label>
      <label>
        Description
        <textarea rows={6} maxLength={200_000} {...of('description')} />
      </label>
      <div class="fields">
        <Names label="Queue" list="queues" names={queues} field={of('queue')} />
        <Names label="Agent (else any of the queue)" list="agents" names={names} field={of('agent')} />
        <label>
          Priority (a larger number goes first)
          <input inputMode="numeric" {...of('priority')} />
        </label>
        <label>
          Recipe (else the agent’s own)
          <input maxLength={100} {...of('recipe')} />
        </label>
        <label>
          Waits for task
          <input inputMode="numeric" placeholder="42" {...of('blockedBy')} />
        </label>
        <label>
          Tags, with commas between them
          <input maxLength={2_000} {...of('tags')} />
        </label>
      </div>
      {state.wrong && (
        <p class="problem" role="alert">
          {state.wrong}
        </p>
      )}
      {state.problem && <ProblemNote problem={state.problem} />}
      <div class="buttons">
        <button type="submit" class="primary" disabled={state.busy}>
          {state.busy ? 'Being added …' : 'Add it'}
        </button>
        <a href={linkTo(['tasks'])} onClick={() => forgetDraft(sessionStorage)}>
          Leave it
        </a>
      </div>
    </form>
  );
}

interface NamesProps {
  label: string;
  list: string;
  names: readonly string[];
  field: object;
}

/** A name of those that there are, or another one: its agent may come later. */
function Names({ label, list, names, field }: NamesProps) {
  return (
    <label>
      {label}
      <input list={list} maxLength={64} {...field} />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  );
}

/** `crypto.randomUUID` is only there on loopback and behind TLS. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
