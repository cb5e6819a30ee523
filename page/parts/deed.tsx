import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemOf, tell } from '../api/call.ts';
import { askForToken } from '../api/token.ts';
import { announce } from './announce.tsx';

/** Something that a person is about to do: its consequence is said before, and what became of it after. */
export interface Deed<Answer = unknown> {
  /** As a question, or what it is: `Pause ada?` */
  title: string;
  /** What will be so then: `3 running tasks go on; 12 wait`. A promise of it may ask the API with `dry_run`. */
  consequence: ComponentChildren | (() => Promise<ComponentChildren>);
  /** On the button: `Pause ada`. */
  verb: string;
  isDangerous?: boolean;
  /** Whether a note may be written: who does it, and why. */
  takesNote?: boolean;
  /** @throws ApiProblem */
  carryOut(note: string | undefined): Promise<Answer>;
  /** What became of it, in a sentence. */
  sayDone(answer: Answer): string;
}

const asked = signal<Deed | null>(null);

/** Asks the person, and does it. */
export function propose<Answer>(deed: Deed<Answer>): void {
  asked.value = deed as unknown as Deed;
}

/** For a deed that is one POST, with its note. */
export function post<Answer>(path: string, body: object = {}): Deed<Answer>['carryOut'] {
  return (note) => tell<Answer>('POST', path, { ...body, ...(note && { note }) });
}

/** The same, only told. */
export function dryRun<Answer>(path: string, body: object = {}): Promise<Answer> {
  return tell<Answer>('POST', path, { ...body, dry_run: true });
}

/** Where deeds are asked about; one, in the page's frame. */
export function DeedDialog() {
  const deed = asked.value;
  return deed === null ? null : <Asked key={deed.title} deed={deed} />;
}

function Asked({ deed }: { deed: Deed }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const sending = useRef(false);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [consequence, setConsequence] = useState<ComponentChildren>('Looking at what it would do …');
  useEffect(() => {
    dialog.current?.showModal();
    const { consequence: told } = deed;
    if (typeof told !== 'function') setConsequence(told);
    else told().then(setConsequence, (error: unknown) => setProblem(problemOf(error)));
  }, [deed]);
  const close = () => {
    asked.value = null;
  };
  const carryOut = async () => {
    // A second click may come before the button is drawn anew.
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      announce(deed.sayDone(await deed.carryOut(note.trim() || undefined)), 'at-once');
      close();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
      sending.current = false;
    }
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="deed-title">
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void carryOut();
        }}
      >
        <h2 id="deed-title">{deed.title}</h2>
        <div class="consequence">{consequence}</div>
        {deed.takesNote && (
          <label>
            Why (optional; kept with who did it)
            <input
              name="note"
              maxLength={200}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          </label>
        )}
        {problem && <ProblemNote problem={problem} />}
        <div class="buttons">
          <button type="submit" disabled={busy} class={deed.isDangerous ? 'danger' : 'primary'}>
            {busy ? 'Being done …' : deed.verb}
          </button>
          <button type="button" onClick={close}>
            Leave it
          </button>
        </div>
      </form>
    </dialog>
  );
}

const ABOUT_TOKENS = ['no-token', 'wrong-token', 'scope-missing'];

/** A failure: what is wrong and what to do. */
export function ProblemNote({ problem }: { problem: Problem }) {
  return (
    <p class="problem" role="alert">
      {problem.detail} {problem.next_step && <span class="next-step">{problem.next_step}</span>}{' '}
      <code>{problem.code}</code>
      {ABOUT_TOKENS.includes(problem.code) && (
        <button type="button" onClick={() => askForToken(problem.detail)}>
          Use another token
        </button>
      )}
    </p>
  );
}
