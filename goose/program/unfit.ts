/** What a check says when a person has to mend something: one clause that says what is wrong and what to do. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
}
