import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { LastAnswer, RunFacts } from '../../domain/attempt/judge.ts';
import { type Circle, Repeats, UNREADABLE } from '../../domain/attempt/repeats.ts';
import { FirstAnswer } from './first-answer.ts';
import { LineSplitter } from './lines.ts';

const MAX_LINE_BYTES = 1024 * 1024;
const MAX_TEXT_CHARS = 2000;
const MAX_KEPT = 20;
const FINAL_OUTPUT_TOOL = 'recipe__final_output';

/** As goose counts them; for people, never a condition of anything. */
export interface Tokens {
  total: number;
  input: number;
  output: number;
}

/** What the output alone says; how the process ended is added by whoever saw it. */
type OutputFacts = Pick<
  RunFacts,
  | 'lastAnswer'
  | 'errors'
  | 'extensionFailures'
  | 'startError'
  | 'toolCallLost'
  | 'unreadableLines'
  | 'wroteAnything'
>;

interface StreamReaderOptions {
  onModelAnswered?: (() => void | Promise<void>) | undefined;
  sameCalls?: number | undefined;
}

/**
 * Reads what `goose run --output-format stream-json` writes, as it comes, and keeps only what the judge needs:
 * neither prompts nor answers, and never more than a line or two in memory.
 */
export class StreamReader {
  readonly #stdout = line(
    (text) => this.#stdoutLine(text),
    () => this.#unreadable(),
  );
  readonly #stderr = line(
    (text) => this.#stderrLine(text),
    () => {},
  );
  readonly #facts: OutputFacts = { errors: [], extensionFailures: [], unreadableLines: 0 };
  #tokens: Tokens | null = null;
  #turns = 0;
  #isComplete = false;
  #session: string | undefined;
  #sawEvent = false;
  /** Of the assistant message that is still growing; undefined after anything else. */
  #openId: string | null | undefined;
  #finalOutput: unknown;
  readonly #firstAnswer: FirstAnswer;
  readonly #repeats: Repeats;

  /**
   * `onModelAnswered` is called at most once, as soon as it is certain that the model has answered (`FirstAnswer`), and
   * never after an extension has failed to start: the verdict will be about that, whatever the model says. `sameCalls`: see
   * `Repeats`; absent: nothing is a circle.
   */
  constructor({ onModelAnswered = () => {}, sameCalls = 0 }: StreamReaderOptions = {}) {
    this.#repeats = new Repeats(sameCalls);
    this.#firstAnswer = new FirstAnswer(() =>
      this.#facts.extensionFailures.length > 0 ? undefined : onModelAnswered(),
    );
  }

  stdout(chunk: Buffer): void {
    this.#stdout.push(chunk);
  }

  stderr(chunk: Buffer): void {
    this.#stderr.push(chunk);
  }

  /** Call when both streams have ended. */
  end(): void {
    this.#stdout.end();
    this.#stderr.end();
  }

  /** goose has said that it is complete: nothing follows. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** What the model does again and again. */
  get circle(): Circle | undefined {
    return this.#repeats.circle;
  }

  /** Name of goose's session, from its banner. */
  get session(): string | undefined {
    return this.#session;
  }

  get facts(): OutputFacts {
    return this.#facts;
  }

  /** Null until goose says that it is complete, and if it never does. */
  get tokens(): Tokens | null {
    return this.#tokens;
  }

  /** Answers of the model so far, those that only called tools included. */
  get turns(): number {
    return this.#turns;
  }

  #stdoutLine(text: string): void {
    if (text.trim() !== '') this.#facts.wroteAnything = true;
    if (!text.startsWith('{')) {
      // goose prints a banner first, and complaints about its provider.
      const complaint = /^\s*error: (.+)$/.exec(text)?.[1];
      if (complaint !== undefined && !this.#sawEvent) this.#startError(complaint);
      if (!this.#sawEvent)
        this.#session ??= /(?<!\S)\d{8}_\d{1,9}(?!\S)/.exec(text.slice(0, MAX_TEXT_CHARS))?.[0];
      return;
    }
    const event = asObject(parseJson(text));
    if (event === undefined) {
      this.#unreadable();
      return;
    }
    this.#sawEvent = true;
    if (event.type === 'message') this.#message(asObject(event.message));
    else if (event.type === 'error') this.#error(event.error);
    else if (event.type === 'complete') this.#complete(event);
  }

  #stderrLine(text: string): void {
    const extension = /Failed to start extension '([^']*)' \((.*)$/.exec(text);
    if (extension) {
      const [, name = '', detail = ''] = extension;
      keep(this.#facts.extensionFailures, {
        name: name.slice(0, 200),
        detail: detail.slice(0, MAX_TEXT_CHARS),
      });
      return;
    }
    const complaint = /^Error: (.+)$/.exec(text)?.[1];
    if (complaint !== undefined && !this.#sawEvent) this.#startError(complaint);
    // "Invalid recipe: " may say on the next line what is invalid.
    else if (this.#facts.startError?.endsWith(': ')) this.#facts.startError += text.slice(0, MAX_TEXT_CHARS);
  }

  #startError(complaint: string): void {
    this.#facts.startError ??= complaint.slice(0, MAX_TEXT_CHARS);
  }

  #unreadable(): void {
    this.#facts.unreadableLines += 1;
    this.#firstAnswer.inDoubt();
  }

  #error(text: unknown): void {
    this.#firstAnswer.inDoubt();
    keep(this.#facts.errors, { text: String(text).slice(0, MAX_TEXT_CHARS) });
  }

  #complete(event: Json): void {
    this.#isComplete = true;
    this.#firstAnswer.wentOn();
    const { total_tokens: total, input_tokens: input, output_tokens: output } = event;
    if (typeof total !== 'number') return;
    this.#tokens = { total, input: numberOr0(input), output: numberOr0(output) };
  }

  #message(message: Json | undefined): void {
    if (message?.role !== 'assistant') {
      // A message of another role, such as a tool's result, ends the one before it.
      this.#openId = undefined;
      if (message?.role === 'user') this.#firstAnswer.wentOn();
      this.#toolResponses(message);
      return;
    }
    const contents = Array.isArray(message.content) ? message.content.map(asObject) : [];
    const metadata = asObject(message.metadata);
    const fromModel = asObject(metadata?.inference) !== undefined;
    // Notices such as "compacting" come in the middle of a run and say nothing about its end.
    if (!fromModel && contents.length > 0 && contents.every(isNotice)) return;

    if (!fromModel) this.#firstAnswer.inDoubt();
    const answer = this.#answerFor(typeof message.id === 'string' ? message.id : null, fromModel);
    if (metadata?.outputTokenLimitReached === true) answer.outputTokenLimitReached = true;
    for (const content of contents) if (content !== undefined) this.#content(answer, content);
  }

  /** Whether the tools could be reached at all; what they answered is between them and the model. */
  #toolResponses(message: Json | undefined): void {
    const contents = Array.isArray(message?.content) ? message.content.map(asObject) : [];
    for (const content of contents) {
      if (content?.type !== 'toolResponse') continue;
      const { status, error } = asObject(content.toolResult) ?? {};
      const lost = status === 'error' && typeof error === 'string' && error.includes('Transport');
      if (lost) this.#facts.toolCallLost = error.slice(0, MAX_TEXT_CHARS);
      else delete this.#facts.toolCallLost;
    }
  }

  /** Parts of one message share its id and follow each other; some models give every message the same id. */
  #answerFor(id: string | null, fromModel: boolean): LastAnswer {
    const from = fromModel ? 'model' : 'goose';
    const last = this.#facts.lastAnswer;
    if (last !== undefined && id !== null && id === this.#openId && last.from === from) return last;
    const answer: LastAnswer = {
      from,
      hasText: false,
      endsWithToolCall: false,
      outputTokenLimitReached: false,
    };
    this.#facts.lastAnswer = answer;
    this.#openId = id;
    if (fromModel) this.#turns += 1;
    return answer;
  }

  #content(answer: LastAnswer, content: Json): void {
    if (content.type === 'toolRequest') {
      answer.endsWithToolCall = true;
      const toolCall = asObject(content.toolCall);
      if (answer.from === 'model' && toolCall?.status === 'success') this.#firstAnswer.toolRequest();
      // goose could not read it: the model's stream may have ended in the middle of it.
      else this.#firstAnswer.inDoubt();
      if (answer.from === 'model') this.#repeats.made(markOf(toolCall));
      const call = asObject(toolCall?.value);
      if (call?.name === FINAL_OUTPUT_TOOL) this.#finalOutput = call.arguments;
      return;
    }
    const text = content.text ?? content.message ?? content.msg;
    // Blank parts too: "Ran", " " and "into" are one beginning.
    if (answer.from === 'model' && content.type === 'text') this.#firstAnswer.text(String(text));
    if (typeof text !== 'string' || text.trim() === '' || content.type === 'thinking') return;
    if (answer.from === 'model') {
      if (content.type !== 'text') return;
      answer.hasText = true;
      answer.endsWithToolCall = false;
    } else if (this.#finalOutput !== undefined && isDeepStrictEqual(parseJson(text), this.#finalOutput)) {
      answer.from = 'final-output';
      answer.hasText = true;
    } else {
      const kind = content.kind ?? content.notificationType;
      answer.hasText = true;
      answer.own = { ...(typeof kind === 'string' && { kind }), text: text.slice(0, MAX_TEXT_CHARS) };
    }
  }
}

type Json = Record<string, unknown>;

/** Tells a call by its tool and arguments, which are not kept. */
function markOf(toolCall: Json | undefined): string {
  if (toolCall?.status !== 'success') return UNREADABLE;
  const { name, arguments: given } = asObject(toolCall.value) ?? {};
  return createHash('sha1')
    .update(JSON.stringify([name, given]))
    .digest('base64');
}

function line(onLine: (text: string) => void, onDropped: () => void): LineSplitter {
  return new LineSplitter(MAX_LINE_BYTES, onLine, onDropped);
}

function isNotice(content: Json | undefined): boolean {
  return content?.type === 'systemNotification' && content.notificationType !== 'creditsExhausted';
}

/** The first ones and the last one: what a run says last counts most. */
function keep<T>(list: T[], item: T): void {
  if (list.length >= MAX_KEPT) list.pop();
  list.push(item);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
