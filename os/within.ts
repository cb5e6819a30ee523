/** What a promise gives, or `late` if it is not settled after `ms`. This process stays until then, and no longer. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
