/** What a check says when a person has to mend something: one clause that says what is wrong and what to do. */
export class Unfit extends Error {
  override readonly name: string = 'Unfit';
}

/** Of something that belongs to the task at hand, such as the recipe that its own tag names: other tasks are well. */
export class UnfitTask extends Unfit {}
