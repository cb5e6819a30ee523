import { calledAs } from '../../../config/called-as.ts';
import { deedOf } from '../../../contract/by-hand.ts';
import type { AgentStatus, Status } from '../../../contract/status.ts';
import { sayAgent } from '../../../words/agent.ts';
import { sayDeed } from '../../../words/deed.ts';
import { cut, pad, printable, width } from './cells.ts';
import { mostRelevant, type RowKind, type TaskRow } from './task-rows.ts';
import type { Style, StyledLine } from './terminal.ts';

/** `shorter` stands in where `text` is too wide: half an address is of no use. */
export type FooterLine = readonly [label: string, text: string, shorter?: string];

/** What there is to show, at one moment. */
export interface LiveView {
  status: Status;
  /** What is wrong, as sentences. */
  problems: readonly string[];
  rows: TaskRow[];
  /** Below everything: where things are, what to try next. */
  footer: readonly FooterLine[];
}

export interface Canvas {
  columns: number;
  rows: number;
}

const STYLE: Record<RowKind, Style | undefined> = {
  running: 'cyan',
  interrupted: 'yellow',
  queued: undefined,
  'backing-off': 'yellow',
  parked: 'red',
  'working-elsewhere': 'yellow',
  waiting: 'dim',
  complete: 'green',
};
const MARGIN = '  ';
const GAP = '  ';
const LEAST_TASK_ROWS = 3;
const LONGEST_NAME = 20;

/** The table as lines that fit the canvas: no line is wider, and there are fewer of them than it has rows. */
export function tableLines(view: LiveView, canvas: Canvas): StyledLine[] {
  const { status, rows, footer } = view;
  const columns = Math.max(20, canvas.columns - 1);
  const problems = view.problems
    .slice(0, 2)
    .map((problem): StyledLine => [[cut(`! ${printable(problem)}`, columns), 'red']]);
  const bottom = footer.map((line) => footerLine(line, columns));
  // Head, two titles, and a line of air before, between and after.
  const room = canvas.rows - 1 - problems.length - bottom.length - 6;
  const agents = status.agents.slice(0, Math.max(1, room - Math.min(rows.length, LEAST_TASK_ROWS)));
  const shown = mostRelevant(rows, Math.max(1, room - agents.length));
  const hidden = rows.length - shown.length;
  const more = `${MARGIN}… and ${hidden + 1} more: \`${calledAs()} status\``;
  const rest: StyledLine[] = hidden > 0 ? [[[more, 'dim']]] : [];
  const lines: StyledLine[] = [
    headLine(status, rows, columns),
    ...problems,
    [],
    ...agentLines(agents, columns),
    [],
    ...taskLines(hidden > 0 ? shown.slice(0, -1) : shown, columns),
    ...rest,
    [],
    ...bottom,
  ];
  return lines.slice(0, Math.max(1, canvas.rows - 1));
}

const SCHEDULER: Record<Status['scheduler'], [string, Style]> = {
  running: ['running', 'green'],
  'agents-stopped': ['agents stopped', 'yellow'],
  paused: ['paused', 'yellow'],
  disabled: ['disabled', 'yellow'],
  'no-daemon': ['no daemon', 'dim'],
  'never-started': ['starting', 'dim'],
};

function headLine({ scheduler, deeds }: Status, rows: TaskRow[], columns: number): StyledLine {
  const count = (...kinds: RowKind[]) => rows.filter(({ kind }) => kinds.includes(kind)).length;
  const parts = [
    [count('running'), 'running'],
    [count('interrupted'), 'interrupted'],
    [count('queued', 'waiting', 'working-elsewhere'), 'waiting'],
    [count('backing-off'), 'backing off'],
    [count('parked'), 'parked'],
    [count('complete'), 'complete'],
  ] as const;
  const counts = parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ');
  const [word, style] = SCHEDULER[scheduler];
  const name = 'TinyScheduler';
  if (width(`${name}  ${word}   `) > columns) return [cut(`${name}  ${word}`, columns)];
  const last = deedOf(deeds, scheduler === 'agents-stopped' ? ['stop-agents'] : ['pause']);
  const who =
    last && (scheduler === 'agents-stopped' || scheduler === 'paused') ? `; ${printable(sayDeed(last))}` : '';
  const rest = cut(
    `${rows.length} tasks${counts && `: ${counts}`}${who}`,
    columns - width(`${name}  ${word}   `),
  );
  return [[name, 'bold'], '  ', [word, style], `   ${rest}`];
}

function agentLines(agents: readonly AgentStatus[], columns: number): StyledLine[] {
  const cells = agents.map((agent) => [
    cut(printable(agent.name), LONGEST_NAME),
    cut(printable(agent.queue ?? '-'), LONGEST_NAME),
    `${agent.held}/${agent.limit}`,
    String(agent.waiting),
    printable(sayAgent(agent)),
  ]);
  const styles = agents.map((agent): Style | undefined => {
    if (
      agent.paused ||
      agent.poolPaused ||
      agent.stopped ||
      agent.poolStopped ||
      agent.leaving ||
      agent.poolHold
    )
      return 'yellow';
    if (agent.health.state === 'cooling-down') return 'yellow';
    return agent.health.state === 'misconfigured' ? 'red' : undefined;
  });
  return grid([['AGENT', 'QUEUE', 'SLOTS', 'WAITING', 'STATE'], ...cells], styles, columns);
}

function taskLines(rows: readonly TaskRow[], columns: number): StyledLine[] {
  const idColumns = Math.max(2, ...rows.map(({ id }) => String(id).length));
  const agentColumns = Math.max(5, ...rows.map(({ agent }) => Math.min(LONGEST_NAME, width(agent))));
  const stateColumns = Math.max(5, ...rows.map(({ state }) => width(state)));
  const longest = Math.max(4, ...rows.map(({ title }) => width(title)));
  const left = columns - width(MARGIN) - idColumns - agentColumns - 3 * GAP.length;
  // A state that says why is worth more than the end of a title.
  const titleColumns = Math.max(4, Math.min(longest, Math.max(left - stateColumns, Math.floor(left * 0.45))));
  const cells = rows.map(({ id, title, agent, state }) => [
    String(id).padStart(idColumns),
    pad(title, titleColumns),
    pad(cut(agent, LONGEST_NAME), agentColumns),
    state,
  ]);
  const head = ['ID'.padStart(idColumns), 'TASK', 'AGENT', 'STATE'];
  return grid(
    [head, ...cells],
    rows.map(({ kind }) => STYLE[kind]),
    columns,
  );
}

/** Rows in columns; the first is the head, and the last cell of each row has its style and is cut to what is left. */
function grid(cells: string[][], styles: (Style | undefined)[], columns: number): StyledLine[] {
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => width(row[at] ?? ''))));
  return cells.map((row, index) => {
    const start =
      MARGIN +
      row
        .slice(0, -1)
        .map((cell, at) => pad(cell, widths[at] ?? 0))
        .join(GAP) +
      GAP;
    const fixed = cut(start, columns);
    const last = cut(row.at(-1) ?? '', columns - width(fixed));
    return index === 0 ? [[(fixed + last).trimEnd(), 'dim']] : [fixed, [last, styles[index - 1]]];
  });
}

function footerLine([label, text, shorter = text]: FooterLine, columns: number): StyledLine {
  const name = label.padEnd(10);
  const room = columns - name.length;
  return [[name, 'dim'], cut(width(text) > room ? shorter : text, room)];
}
