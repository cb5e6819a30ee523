type Facts = Readonly<Record<string, unknown>>;

/**
 * Whether facts are told by what was told before: all of them are the same but for figures that change while nothing else does.
 * Thousands of tasks wait for the same reason, and each of them would be told of each second.
 *
 * It makes nothing, and looks at nothing that is the same object: thousands of tasks are compared each second.
 */
export function isToldBy(before: unknown, now: unknown): boolean {
  if (before === now) return true;
  if (!areFacts(before) || !areFacts(now)) return false;
  for (const key in now) if (!isFigure(key, now) && !isToldBy(before[key], now[key])) return false;
  for (const key in before) if (before[key] !== undefined && now[key] === undefined) return false;
  return true;
}

function areFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null;
}

/** By the names of a reason's facts, and of a budget's. */
function isFigure(key: string, { why }: Facts): boolean {
  switch (key) {
    case 'used':
    case 'held':
    case 'unknown':
    case 'unknownAttempts':
    case 'reserved':
    case 'unreserved':
      return true;
    // That of the agents that can run now.
    case 'limit':
      return why === 'pool-full';
    // When that is over it is now, until the task is taken back.
    case 'untilMs':
      return why === 'run-dying';
    default:
      return false;
  }
}
