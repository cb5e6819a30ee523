import { soundsLikeGoose } from '../../domain/attempt/goose-messages.ts';

/** Of the model's text so far: enough to tell a message of goose's own by its beginning. */
const MAX_BEGINNING_CHARS = 200;

/**
 * Tells once, as soon as it is certain, that the model has answered. A request for a tool is certain at once. A text may
 * still break off, and goose says so only after it: it is an answer when goose has gone on from it without a complaint.
 */
export class FirstAnswer {
  readonly #onAnswered: () => void | Promise<void>;
  #told = false;
  #beginning = '';

  /** `onAnswered` is called at most once and not awaited; it may throw or reject. */
  constructor(onAnswered: () => void | Promise<void>) {
    this.#onAnswered = onAnswered;
  }

  toolRequest(): void {
    this.#tell();
  }

  /** The next part of what the model says. */
  text(part: string): void {
    if (this.#beginning.length >= MAX_BEGINNING_CHARS) return;
    this.#beginning = (this.#beginning + part).trimStart().slice(0, MAX_BEGINNING_CHARS);
  }

  /** goose has gone on, so what the model said is whole. */
  wentOn(): void {
    const said = this.#beginning;
    this.#beginning = '';
    // A model behind another goose may hand on that one's complaint as an answer.
    if (said !== '' && !soundsLikeGoose(said)) this.#tell();
  }

  /** goose complains, or something of its output was lost: what the model said may have broken off. */
  inDoubt(): void {
    this.#beginning = '';
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    const tell = async () => this.#onAnswered();
    // The verdict says the same at the end of the run.
    tell().catch(() => {});
  }
}
