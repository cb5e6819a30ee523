import { useState } from 'preact/hooks';
import { lastWritten, readLine, type Span, type Style } from '../../../parts/terminal.ts';
import { splitAt } from './highlight.ts';

/** Of a line at first. */
const SHOWN = 2_000;

export interface LineProps {
  at: number;
  text: string;
  style: Style;
  wanted: string;
  /** It was looked for: what was written over is shown too. */
  isHere: boolean;
}

export function LogLine({ at, text, style, wanted, isHere }: LineProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isHere ? text.replace(/\r$/, '') : lastWritten(text);
  const more = shown.length - SHOWN;
  const { spans } = readLine(isWhole || more <= 0 ? shown : shown.slice(0, SHOWN), style);
  return (
    <div class={isHere ? 'log-line here' : 'log-line'} data-at={at}>
      {spans.length === 0
        ? '\u00a0'
        : spans.map((span, place) => <Piece key={place} span={span} wanted={wanted} />)}
      {more > 0 && (
        <button type="button" class="more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'show less' : `… ${more.toLocaleString('en-GB')} more characters`}
        </button>
      )}
    </div>
  );
}

function Piece({ span: { text, style, isSymbol }, wanted }: { span: Span; wanted: string }) {
  const classes = [isSymbol && 'symbol', ...classesOf(style)].filter(Boolean).join(' ');
  const parts = wanted === '' || isSymbol ? text : splitAt(text, wanted).map(marked);
  return <span class={classes || undefined}>{parts}</span>;
}

const marked = ({ text, isFound }: { text: string; isFound: boolean }, place: number) =>
  isFound ? <mark key={place}>{text}</mark> : text;

function classesOf({ color, bold, dim, italic, underline, struck }: Style): (string | false)[] {
  return [
    color !== null && `ink-${color}`,
    ...[bold && 'bold', dim && 'dim', italic && 'italic', underline && 'underline', struck && 'struck'],
  ];
}
