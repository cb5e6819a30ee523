import { useEffect, useRef, useState } from 'preact/hooks';
import { go } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import { type Problem, problemOf } from '../../api/call.ts';
import { announce } from '../../parts/announce.tsx';
import { ProblemNote } from '../../parts/deed.tsx';
import { Conflict } from './conflict.tsx';
import { changedFields, type Draft, type Field as Name, onTopOf, sayField } from './draft.ts';
import { Field, type FormState } from './field.tsx';
import { FIELD_WORDS } from './field-words.ts';
import { forgetDraft, type KeptDraft, keepDraft } from './kept-draft.ts';
import { OnceKey } from './once-key.ts';
import { linkToSchedule } from './place.ts';
import { Preview, usePreview } from './preview.tsx';
import { change, create, loadDraft, OTHERS_CHANGED } from './save.ts';
import { Limits, Paused, When, Work } from './sections.tsx';
import { NOTHING_WRONG, wrongIn } from './wrong.ts';

interface FormProps {
  /** Null: one that is new. */
  name: string | null;
  start: KeptDraft;
}

/** Makes a schedule, or changes one; what it means stands beside while it is typed. */
export function ScheduleForm({ name, start }: FormProps) {
  const { kept, put, edit, latest } = useKept(name, start);
  const { draft, base } = kept;
  const { previewed, isOld } = usePreview(draft);
  const saving = useSaving(name, latest);
  const live = previewed && 'problem' in previewed && wrongIn(previewed.problem, draft);
  const refused = saving.problem && wrongIn(saving.problem, draft);
  const form: FormState = {
    draft,
    wrongOf: (field) =>
      (live || NOTHING_WRONG).byField.get(field) ?? (refused || NOTHING_WRONG).byField.get(field) ?? [],
    write: (field, text) => edit(({ texts }) => ({ texts: { ...texts, [field]: text } })),
    choose: (change) => edit(() => change),
  };
  const others = [...(live || NOTHING_WRONG).others, ...(refused || NOTHING_WRONG).others];
  return (
    <form
      class="schedule-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void saving.save();
      }}
      onKeyDown={saving.onKeyDown}
    >
      <div class="fields">
        {name === null && <Field form={form} name="name" />}
        <When form={form} />
        <Work form={form} />
        <Limits form={form} />
        {name === null && <Paused form={form} />}
      </div>
      <div class="beside">
        {saving.theirs && (
          <Conflict
            {...{ before: base, mine: draft, theirs: saving.theirs.draft }}
            takeTheirs={() => saving.settle(put, (theirs) => theirs.draft)}
            goOn={() => saving.settle(put, (theirs) => onTopOf(base, draft, theirs.draft))}
          />
        )}
        <Preview previewed={previewed} isOld={isOld} />
        {name !== null && <Changes base={base} draft={draft} />}
        {[...new Set(others)].map((says) => (
          <p key={says} class="trouble">
            {says}
          </p>
        ))}
        {refused && <p class="trouble">It was not saved: what is wrong stands at its field.</p>}
        {saving.problem && !refused && saving.theirs === null && <ProblemNote problem={saving.problem} />}
        <Buttons
          name={name}
          busy={saving.busy}
          isSame={name !== null && changedFields(base, draft).length === 0}
          drop={() => put({ ...kept, draft: base })}
        />
      </div>
    </form>
  );
}

/** What is typed, which outlasts this view and a page that is loaded anew. */
function useKept(name: string | null, start: KeptDraft) {
  const [kept, setKept] = useState(start);
  // What is typed in two fields, or typed and sent, before it is drawn anew.
  const newest = useRef(kept);
  const put = (next: KeptDraft) => {
    newest.current = next;
    setKept(next);
    if (isChanged(next)) keepDraft(sessionStorage, name, next);
    else forgetDraft(sessionStorage, name);
  };
  const changed = isChanged(kept);
  useEffect(() => {
    if (!changed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [changed]);
  return {
    kept,
    put,
    edit: (change: (draft: Draft) => Partial<Draft>) => {
      const { draft } = newest.current;
      put({ ...newest.current, draft: { ...draft, ...change(draft) } });
    },
    latest: () => newest.current,
  };
}

function isChanged({ base, draft }: KeptDraft): boolean {
  return changedFields(base, draft).length > 0 || base.work !== draft.work || base.paused !== draft.paused;
}

/** Sends it, once however often it is clicked. */
function useSaving(name: string | null, latest: () => KeptDraft) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [theirs, setTheirs] = useState<KeptDraft | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const once = useRef(new OnceKey()).current;

  const save = async () => {
    // The state comes with the next drawing; a second click comes before.
    if (sending.current || theirs !== null) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    const kept = latest();
    try {
      const { after, is_new: isNew } = await (name === null ? create(kept.draft, once) : change(name, kept));
      forgetDraft(sessionStorage, name);
      announce(`Schedule ${after.name} is ${isNew ? 'created' : 'saved'}: ${after.when}.`, 'at-once');
      go(linkToSchedule(after.name));
    } catch (error) {
      const told = problemOf(error);
      setProblem(told);
      if (name !== null && OTHERS_CHANGED.includes(told.code))
        await loadDraft(name).then(setTheirs, (failure: unknown) => setProblem(problemOf(failure)));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };

  const settle = (put: (next: KeptDraft) => void, draftOf: (theirs: KeptDraft) => Draft) => {
    if (theirs === null) return;
    put({ base: theirs.draft, draft: draftOf(theirs), etag: theirs.etag });
    setTheirs(null);
    setProblem(null);
  };

  // Enter in a field takes a suggestion; it is not to make a schedule that is half typed.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) void save();
  };
  return { problem, theirs, busy, save, settle, onKeyDown };
}

/** What would be another than it is. */
function Changes({ base, draft }: { base: Draft; draft: Draft }) {
  const fields: Name[] = changedFields(base, draft);
  return (
    <section aria-labelledby="changes-head">
      <h3 id="changes-head">What changes</h3>
      {fields.length === 0 ? (
        <p class="quiet">Nothing yet.</p>
      ) : (
        <ul>
          {fields.map((field) => (
            <li key={field}>
              {FIELD_WORDS[field].label}: {sayField(base, field)} → {sayField(draft, field)}
            </li>
          ))}
        </ul>
      )}
      <p class="quiet">It counts from the next occurrence on; what is under way goes on as it began.</p>
    </section>
  );
}

interface ButtonsProps {
  name: string | null;
  busy: boolean;
  isSame: boolean;
  drop(): void;
}

function Buttons({ name, busy, isSame, drop }: ButtonsProps) {
  return (
    <div class="buttons">
      <button type="submit" class="primary" disabled={busy || isSame}>
        {busy ? 'Being saved …' : name === null ? 'Create it' : 'Save'}
      </button>
      <button type="button" onClick={drop}>
        Throw away what I typed
      </button>
      <a class="button" href={name === null ? linkTo(['schedules']) : linkToSchedule(name)}>
        Back
      </a>
    </div>
  );
}
