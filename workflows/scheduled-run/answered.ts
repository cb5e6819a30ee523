/** So long it waits for an answer before it asks again. */
export const ANSWER_MS = 30_000;
