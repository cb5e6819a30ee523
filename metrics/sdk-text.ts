import { tryPort } from '../os/free-port.ts';

const WAIT_MS = 2_000;
const MOST_BYTES = 5_000_000;

/** Where Temporal's SDK is to tell its own metrics: a port of loopback that is free; undefined: there is none. */
export async function sdkAddress(): Promise<string | undefined> {
  const port = await tryPort(0);
  return typeof port === 'number' ? `127.0.0.1:${port}` : undefined;
}

/** What it tells there; empty where it does not. Never throws. */
export async function sdkText(address: string | undefined): Promise<string> {
  if (address === undefined) return '';
  try {
    const answer = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(WAIT_MS) });
    if (!answer.ok) return '';
    const text = await answer.text();
    return text.length > MOST_BYTES ? '' : text;
  } catch {
    return '';
  }
}
