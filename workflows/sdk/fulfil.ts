import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { type Answer, type KeptAnswer, WISH_ID, withAnswer } from '../../contract/answers.ts';
import { answerTo, type Message, type Wish } from '../../contract/messages.ts';
import { heed } from './heed.ts';

/** The answers of a workflow to the wishes that it takes: at work, and kept until whoever asked has read them. */
export class Answers {
  #kept: KeptAnswer[];
  readonly #atWork = new Set<string>();
  /** Those without an id too. */
  #count = 0;

  constructor(carried: readonly KeptAnswer[] = []) {
    this.#kept = [...carried];
    setHandler(answerTo, (id) => this.#of(id));
  }

  /** For continue-as-new; call it when nothing is at work. */
  get carried(): KeptAnswer[] {
    return this.#kept;
  }

  get atRest(): boolean {
    return this.#count === 0;
  }

  async untilAtRest(): Promise<void> {
    await condition(() => this.atRest);
  }

  /** Does it once for each id, however often it comes. */
  async give<Result>(id: string | undefined, fulfil: () => Promise<Result> | Result): Promise<void> {
    if (id !== undefined && this.#of(id).state !== 'unknown') return;
    this.#count += 1;
    if (id !== undefined) this.#atWork.add(id);
    try {
      const result = await fulfil();
      this.keep(id, { state: 'answered', result });
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      this.keep(id, { state: 'refused', type: error.type ?? null, says: error.message });
    } finally {
      this.#count -= 1;
      if (id !== undefined) this.#atWork.delete(id);
    }
  }

  keep(id: string | undefined, answer: KeptAnswer['answer']): void {
    if (id !== undefined) this.#kept = withAnswer(this.#kept, { id, answer });
  }

  #of(id: string): Answer {
    if (this.#atWork.has(id)) return { state: 'at-work' };
    return this.#kept.find((each) => each.id === id)?.answer ?? { state: 'unknown' };
  }
}

/**
 * Fulfils a wish. One with a wrong content is not done, and the one who asked is told what is wrong.
 *
 * @param refuse throws an ApplicationFailure where nothing may be asked now
 */
export function fulfil<Result, Args extends unknown[]>(
  answers: Answers,
  wish: Wish<Result, Args>,
  handle: (...contents: NoInfer<Args>) => Promise<NoInfer<Result>> | NoInfer<Result>,
  refuse: () => void = () => {},
): void {
  const at = wish.shapes.length;
  const withId = { ...wish, type: 'signal', shapes: [...wish.shapes, WISH_ID] } as unknown as Message<
    unknown[]
  >;
  heed(
    withId,
    (...given) => {
      const id = given[at] as string | undefined;
      void answers.give(id, () => {
        refuse();
        return handle(...(given.slice(0, at) as Args));
      });
    },
    (given, problem) => {
      const says = `${wish.name} was asked with a wrong content: it ${problem}`;
      answers.keep(idIn(given, at), { state: 'refused', type: null, says });
    },
  );
}

function idIn(given: unknown, at: number): string | undefined {
  try {
    return WISH_ID(Array.isArray(given) ? given[at] : undefined);
  } catch {
    return undefined;
  }
}
