/** What a state means to who looks: each kind has a shape, a colour and, with the state, a word. */
export type Kind = 'good' | 'busy' | 'waits' | 'off' | 'wrong' | 'over';

/** Shapes that differ without their colours. */
const SHAPES: Record<Kind, string> = {
  good: 'M2 8.5 6.5 13 14 4',
  busy: 'M4 2.5v11l9-5.5z',
  waits: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.6 1.8',
  off: 'M4.5 3v10M11.5 3v10',
  wrong: 'M8 1.5 15 14H1zM8 6v4M8 11.6v.9',
  over: 'M3 8h10',
};

/** A state: icon, word and shape. */
export function Mark({ kind, children }: { kind: Kind; children: string }) {
  return (
    <span class={`mark ${kind}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[kind]} />
      </svg>
      {children}
    </span>
  );
}

const PHASES: Record<string, [Kind, string]> = {
  running: ['busy', 'running'],
  interrupted: ['wrong', 'interrupted'],
  'waiting-for-host': ['waits', 'waits for a host'],
  'waiting-for-slot': ['waits', 'in line'],
  waiting: ['waits', 'waits'],
  blocked: ['off', 'blocked'],
  'backing-off': ['waits', 'backs off'],
  parked: ['wrong', 'parked'],
  'working-elsewhere': ['busy', 'worked on elsewhere'],
  complete: ['good', 'complete'],
};

/** Where a task is. */
export function PhaseMark({ phase }: { phase: string }) {
  const [kind, word] = PHASES[phase] ?? ['over', phase];
  return <Mark kind={kind}>{word}</Mark>;
}
