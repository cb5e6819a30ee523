/**
 * Asks when what is asked about has settled, and tells the answer to the newest question only: an older one that is answered
 * later is not told.
 */
export function newestOf<Question, Answer>({
  settleMs,
  ask,
  tell,
}: {
  settleMs: number;
  ask(question: Question): Promise<Answer>;
  tell(answer: Answer): void;
}): { about(question: Question): void; stop(): void } {
  let number = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    about(question) {
      number += 1;
      const mine = number;
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const answer = await ask(question);
        if (mine === number) tell(answer);
      }, settleMs);
    },
    stop() {
      number += 1;
      clearTimeout(timer);
    },
  };
}
