/** What a person has typed. */
export interface Draft {
  title: string;
  description: string;
  queue: string;
  agent: string;
  priority: string;
  recipe: string;
  blockedBy: string;
  tags: string;
}

export const EMPTY: Draft = {
  ...{ title: '', description: '', queue: '', agent: '', priority: '', recipe: '', blockedBy: '', tags: '' },
};

/** As the API takes it; a text: what is wrong with it. */
export function taskFrom(draft: Draft): Record<string, unknown> | string {
  const [title, priority, blocker] = [draft.title, draft.priority, draft.blockedBy].map((text) =>
    text.trim(),
  );
  if (!title) return 'A task needs a title.';
  if (priority && !/^-?\d{1,7}$/.test(priority))
    return `The priority ${quoted(priority)} is no whole number.`;
  if (blocker && !/^#?[1-9]\d{0,14}$/.test(blocker)) return `${quoted(blocker)} is no number of a task.`;
  const recipe = draft.recipe.trim();
  const tags = [
    // It counts as the first of its kind.
    ...(recipe ? [`recipe:${recipe}`] : []),
    ...draft.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ];
  const given = {
    ...{ title, description: draft.description.trim() },
    ...{ queue: draft.queue.trim(), agent: draft.agent.trim() },
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, text]) => text)),
    ...(priority && { priority: Number(priority) }),
    ...(blocker && { blocked_by: Number(blocker.replace('#', '')) }),
    ...(tags.length > 0 && { tags }),
  };
}

const quoted = (text: string) => JSON.stringify(text.slice(0, 40));
