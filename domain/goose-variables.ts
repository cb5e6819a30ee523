/** What a program needs to find its files, its user's language and the network, and goose's own settings. */
const ALWAYS_PASSED = [
  /^(?:HOME|LANG|LANGUAGE|LC_[A-Z]+|LOGNAME|PATH|SHELL|TERM|TMPDIR|TZ|USER|XDG_[A-Z_]+|DBUS_SESSION_BUS_ADDRESS)$/,
  /^(?:(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy|SSL_CERT_(?:FILE|DIR))$/,
  /^GOOSE_[A-Z0-9_]+$/,
];

/** What never reaches goose, whoever asks for it: Temporal's settings, our own tokens and keys, and an address that may have one in it. */
export function isHeldBack(name: string): boolean {
  if (name.startsWith('TEMPORAL_')) return true;
  return name.startsWith('TINYSCHEDULER_') && /TOKEN|KEY|SECRET|PASSWORD|_NOTIFY$/.test(name);
}

/** Whether a variable reaches goose. `wanted`: the names that its agent's entry has; undefined: it has no such list. */
export function isPassed(name: string, wanted: readonly string[] | undefined): boolean {
  if (isHeldBack(name)) return false;
  return wanted === undefined || wanted.includes(name) || ALWAYS_PASSED.some((pattern) => pattern.test(name));
}
