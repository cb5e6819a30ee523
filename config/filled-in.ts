const REFERENCE = /\$\{([^}:]*)(?::-([^}]*))?\}/g;

/**
 * A value of an env file with `${NAME}` and `${NAME:-default}` replaced, as python-dotenv's load_dotenv does by default:
 * the environment counts more than earlier lines of the file, a name that nobody sets gives the default, or nothing. What
 * was put in is not looked through again. `earlier`: null for a name that stood there without a value.
 * `missing` tells whether there was a name without a value and without a default.
 */
export function filledIn(
  value: string,
  earlier: ReadonlyMap<string, string | null>,
  env: Record<string, string | undefined>,
): { value: string; missing: boolean } {
  let missing = false;
  const filled = value.replace(REFERENCE, (_, name: string, fallback: string | undefined) => {
    const set = (Object.hasOwn(env, name) ? env[name] : undefined) ?? earlier.get(name);
    if (set !== undefined) return set ?? '';
    missing ||= fallback === undefined;
    return fallback ?? '';
  });
  return { value: filled, missing };
}
