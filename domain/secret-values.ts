const SECRET_NAME = /KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|COOKIE|_PAT$/i;
/** A shorter value is found in too many texts, and gives little away. */
const SHORTEST = 6;

/**
 * The text without the values of secret variables. Reasons have no foreign words in the first place; this is for what
 * others put into the messages of their errors.
 */
export function withoutSecrets(text: string, environment: Record<string, string | undefined>): string {
  const values = Object.entries(environment)
    .filter(
      ([name, value]) => SECRET_NAME.test(name) && value !== undefined && value.trim().length >= SHORTEST,
    )
    .map(([, value = '']) => value.trim())
    // The longest first, since one may be a part of another.
    .sort((a, b) => b.length - a.length);
  return values.reduce((rest, value) => rest.replaceAll(value, '…'), text);
}
