import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemOf, tell } from '../api/call.ts';
import { askForToken, token } from '../api/token.ts';
import { announce } from './announce.tsx';
import { useModal } from './modal.ts';

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

/** By number: the same may be asked twice. */
const asked = signal<{ deed: Deed; number: number } | null>(null);
let number = 0;

/** Asks the person, and does it. */
export function propose<Answer>(deed: Deed<Answer>): void {
  number += 1;
  asked.value = { deed: deed as unknown as Deed, number };
}

function leave(deed: Deed): void {
  if (asked.peek()?.deed === deed) asked.value = null;
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
  const { value: now } = asked;
  return now === null ? null : <Asked key={now.number} deed={now.deed} />;
}

function Asked({ deed }: { deed: Deed }) {
  const dialog = useModal();
  const [note, setNote] = useState('');
  const would = useConsequence(deed);
  const { press, busy, presses, problem } = useCarryingOut(deed);
  // Of what is not known it takes a second press.
  const isBlind = would.is === 'failed' && presses > 0;
  const cannot = busy || would.is === 'asked';
  return (
    <dialog
      ref={dialog}
      onClose={() => leave(deed)}
      aria-labelledby="deed-title"
      onKeyDown={(event) => {
        // A key that is held since before the dialog came, or for too long.
        if (event.key === 'Enter' && event.repeat) event.preventDefault();
      }}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!cannot) press(note, would.is === 'known' || isBlind);
        }}
      >
        <h2 id="deed-title">{deed.title}</h2>
        <div class="consequence">{would.says}</div>
        {deed.takesNote && <Note note={note} setNote={setNote} />}
        {would.is === 'failed' && problem === null && <ProblemNote problem={would.problem} />}
        {problem && <ProblemNote problem={problem} />}
        <div class="buttons">
          <button
            type="submit"
            // It keeps the focus, which `disabled` would give to the other one.
            aria-disabled={cannot}
            class={deed.isDangerous ? 'danger' : 'primary'}
            // The second half of a double click is no second press.
            onClick={(event) => event.detail > 1 && event.preventDefault()}
          >
            {busy ? 'Being done …' : isBlind ? 'Do it all the same' : deed.verb}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Note({ note, setNote }: { note: string; setNote: (note: string) => void }) {
  return (
    <label>
      Why (optional; kept with who did it)
      <input
        name="note"
        maxLength={200}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
    </label>
  );
}

/** What it would do, as far as that is known. */
type Would = { says: ComponentChildren } & ({ is: 'asked' | 'known' } | { is: 'failed'; problem: Problem });

const ASKED: Would = { is: 'asked', says: 'Looking at what it would do …' };

/** Asked again under another token. */
function useConsequence(deed: Deed): Would {
  const [would, setWould] = useState<Would>(ASKED);
  const { value: under } = token;
  useEffect(() => {
    const { consequence: told } = deed;
    if (typeof told !== 'function') {
      setWould({ is: 'known', says: told });
      return undefined;
    }
    let isMine = true;
    setWould(ASKED);
    (told as () => Promise<ComponentChildren>)().then(
      (says) => isMine && setWould({ is: 'known', says }),
      (error: unknown) =>
        isMine &&
        setWould({ is: 'failed', says: 'What it would do is not known.', problem: problemOf(error) }),
    );
    return () => {
      isMine = false;
    };
  }, [deed, under]);
  return would;
}

function useCarryingOut(deed: Deed) {
  const sending = useRef(false);
  const [presses, setPresses] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const carryOut = async (note: string) => {
    // A second click may come before the button is drawn anew.
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      announce(deed.sayDone(await deed.carryOut(note.trim() || undefined)), 'at-once');
      leave(deed);
    } catch (error) {
      const failed = problemOf(error);
      // Nobody looks at it any more.
      if (asked.peek()?.deed !== deed)
        announce(`${deed.verb}: ${failed.detail} ${failed.next_step}`.trim(), 'at-once');
      setProblem(failed);
      setBusy(false);
      sending.current = false;
    }
  };
  /** @param does not: it is only counted */
  const press = (note: string, does: boolean) => {
    setPresses(presses + 1);
    if (does) void carryOut(note);
  };
  return { press, busy, presses, problem };
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
