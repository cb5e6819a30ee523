import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { address, setQuery } from '../../../address/address.ts';
import { type Problem, problemOf } from '../../../api/call.ts';
import { announce } from '../../../parts/announce.tsx';
import { ProblemNote } from '../../../parts/deed.tsx';
import { useKeys } from '../../../parts/keys.ts';
import { placeIn, sayBytes } from './blocks.ts';
import { saveLog } from './download.ts';
import { FindInLog } from './find.tsx';
import { LogText } from './log-text.tsx';
import { LogWindow } from './log-window.ts';
import { openSearch } from './search.ts';

interface LogViewProps {
  taskId: number;
  attempt: number;
  /** Told when somebody reads above its end, or searches it. */
  onRead(): void;
}

/** The log of one attempt: live, from any point, searched as a whole. Only a window of it is held. */
export function LogView({ taskId, attempt, onRead }: LogViewProps) {
  const log = useMemo(() => new LogWindow(taskId, attempt), [taskId, attempt]);
  const search = useMemo(
    () => openSearch(taskId, attempt, (place) => void log.toPlace(place)),
    [taskId, attempt, log],
  );
  useEffect(
    () => () => {
      log.close();
      search.close();
    },
    [log, search],
  );
  const find = useRef<HTMLInputElement>(null);
  const whole = useRef<HTMLElement>(null);
  const seen = useRef(0);
  const toText = (options?: FocusOptions) =>
    whole.current?.querySelector<HTMLElement>('.log-text')?.focus(options);
  useKeys([
    { keys: 'l', says: 'to the log', run: () => toText() },
    { keys: 'f', says: 'find in the whole log', run: () => find.current?.select() },
    { keys: 'n', says: 'the next place that was found', run: () => void search.next() },
    { keys: 'N', says: 'the place before', run: () => search.previous() },
    { keys: 'e', says: 'to the end of the log', run: () => void log.toEnd() },
  ]);
  const { problem, wasCut } = log.now.value;
  const { text, matches, at } = search.now.value;
  const begin = (wanted: string) => {
    setQuery({ in: wanted || undefined });
    toText();
    if (wanted) onRead();
    void search.begin(wanted, seen.current);
  };
  const wanted = useMemo(() => address.peek().query.get('in') ?? '', []);
  useEffect(() => {
    if (!wanted) return;
    onRead();
    void search.begin(wanted, 0);
  }, [search, wanted]);
  useEffect(() => {
    if (address.peek().query.get('to') !== 'log') return;
    // By its end, since the head of the page lies over what is above.
    whole.current?.scrollIntoView({ block: 'end' });
    toText({ preventScroll: true });
  }, []);
  return (
    <section class="log" ref={whole} aria-labelledby="log-title">
      <LogBar {...{ log, taskId, attempt }} />
      <FindInLog {...{ search, begin, input: find, first: wanted }} />
      {problem && <ProblemNote problem={problem} />}
      {wasCut && (
        <p class="quiet">The log was too long: its middle was taken out when the attempt was over.</p>
      )}
      <LogText
        {...{ log, wanted: text, place: matches[at] ?? null, onRead }}
        onSeen={(from) => {
          seen.current = from;
        }}
      />
      <LogFoot log={log} />
    </section>
  );
}

interface LogBarProps {
  log: LogWindow;
  taskId: number;
  attempt: number;
}

function LogBar({ log, taskId, attempt }: LogBarProps) {
  const { size, follows, isOver, blocks } = log.now.value;
  const [problem, setProblem] = useState<Problem>();
  const [isSaving, setSaving] = useState(false);
  const save = async () => {
    setSaving(true);
    setProblem(undefined);
    try {
      await saveLog(taskId, attempt);
      announce('The log is saved.', 'at-once');
    } catch (error) {
      setProblem(problemOf(error));
    }
    setSaving(false);
  };
  const state = isOver ? 'the attempt is over' : follows ? 'followed as it grows' : 'it grows; not followed';
  return (
    <>
      <div class="log-bar">
        <h3 id="log-title">Log of attempt {attempt}</h3>
        <span class="quiet">{size === null ? '' : `${sayBytes(size)}; ${state}`}</span>
        <button type="button" onClick={() => void log.toPlace(0)} disabled={!size}>
          Beginning
        </button>
        <GoTo log={log} />
        <button type="button" onClick={() => void log.toEnd()} disabled={follows && !isOver}>
          Jump to the end
        </button>
        <button type="button" onClick={() => void save()} disabled={isSaving || blocks.length === 0}>
          {isSaving ? 'Saving …' : 'Download'}
        </button>
      </div>
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}

/** From any point: in percent or bytes. */
function GoTo({ log }: { log: LogWindow }) {
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  return (
    <form
      class="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        const { size } = log.now.peek();
        const place = size === null ? undefined : placeIn(text, size);
        setWrong(place === undefined);
        if (place !== undefined && size !== null) void log.toPlace(Math.max(0, Math.min(place, size - 1)));
      }}
    >
      <input
        aria-label="Go to a place in the log, in percent or bytes"
        aria-invalid={isWrong}
        placeholder="50 %, 12 MB"
        size={9}
        maxLength={20}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {isWrong && <span class="problem">50 %, 12 MB or 123456</span>}
    </form>
  );
}

function LogFoot({ log }: { log: LogWindow }) {
  const { blocks, size } = log.now.value;
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined || !size) return null;
  const isAll = first.from === 0 && last.to === size;
  const percent = (place: number) => `${((place / size) * 100).toFixed(size > 1e7 ? 2 : 0)} %`;
  const says = isAll
    ? 'All of it is here.'
    : `Here: ${percent(first.from)} to ${percent(last.to)} of ${sayBytes(size)}. Scroll for more.`;
  return <p class="quiet log-foot">{says}</p>;
}
