// Puts the clock of a process ahead, and of whatever Node it starts: it is loaded with `NODE_OPTIONS=--import=…`, in
// worker threads too. What is not Node (goose, Temporal's core in Rust) keeps the machine's clock.
const aheadMs = Number(process.env.CHAOS_CLOCK_AHEAD_MS ?? 0);
if (!Number.isFinite(aheadMs)) throw new Error('CHAOS_CLOCK_AHEAD_MS is no number of milliseconds');

const RealDate = Date;
const now = () => RealDate.now() + aheadMs;
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, given, asked) => Reflect.construct(target, given.length === 0 ? [now()] : given, asked),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
