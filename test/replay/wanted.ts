/** What has to have a history: whatever a change of the workflows could break for runs that are open. */
export const WANTED = [
  'scheduler-dispatches',
  'scheduler-pauses',
  'scheduler-resumes',
  'scheduler-answers-pass',
  'scheduler-continues-under-signals',
  'run-completes',
  'run-is-withdrawn',
  'run-parks-and-retries',
  'run-is-cancelled-and-continues',
  'run-comes-back-parked',
  'run-is-terminated',
  'run-was-reset',
  'run-loses-its-worker-in-each-phase',
  'semaphore-ranks',
  'semaphore-drains-to-lower-limit',
  'semaphore-loses-holder',
  'semaphore-rebuilds-itself',
  'semaphore-continues-under-signals',
  'semaphore-comes-back',
  'semaphore-fills-the-slot-that-is-free-first',
  'semaphore-takes-an-order',
  'semaphore-rebuilds-itself-for-two-agents',
  'semaphore-pauses-one-agent',
  'semaphore-lets-an-agent-go',
  'semaphore-takes-an-agent-in',
  'semaphore-hears-that-a-model-answers',
  'semaphore-holds-its-pool',
  'occurrence-is-done',
  'occurrence-waits-and-is-done',
  'occurrence-is-left-out',
  'occurrence-fails',
  'occurrence-is-cancelled',
  'occurrence-makes-way',
  'occurrence-was-reset',
  'occurrence-continues-under-signals',
  'occurrence-comes-back',
  'admission-lets-in',
  'admission-continues-under-signals',
  'admission-comes-back',
];

/** The names of what a history shows, from that of its file: where it shows several, they are joined by `+`. */
export function namesIn(file: string): string[] {
  const [first = '', ...others] = file.replace(/\.json(\.gz)?$/, '').split('+');
  const kind = first.slice(0, first.indexOf('-'));
  return [first, ...others.map((other) => `${kind}-${other}`)];
}
