import { once } from 'node:events';
import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import type { TemporalSettings } from '../../config/temporal.ts';
import { connectTinyTask } from '../../tinytask/client.ts';

const HOW_LONG_MS = 3_000;

/** Whether anything listens there at all: known at once on one's own machine, where gRPC would try again and again. */
export async function listens(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect({ port, host, timeout: 1_000 });
  try {
    await Promise.race([once(socket, 'connect'), once(socket, 'timeout').then(() => Promise.reject())]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The same of an address, `host:port`. @throws TypeError where it is none */
export function listensAt(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`http://${address}`);
  return listens(Number(port), hostname);
}

/** Undefined if a Temporal server with that namespace answers, else what is wrong. */
export async function temporalProblem(
  { connectionOptions, namespace }: Pick<TemporalSettings, 'connectionOptions' | 'namespace'>,
  withinMs = HOW_LONG_MS,
): Promise<string | undefined> {
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: withinMs });
    try {
      await connection.withDeadline(Date.now() + withinMs, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return undefined;
    } finally {
      await connection.close();
    }
  } catch (error) {
    return (error as Error).message;
  }
}

/** Undefined if a TinyTask answers there, else what is wrong. Many a web server says 200 to `/health`: tasks are asked for. */
export async function tinytaskProblem(endpoint: string): Promise<string | undefined> {
  const tinytask = connectTinyTask({ endpoint, deadlineMs: HOW_LONG_MS });
  try {
    await tinytask.list({ limit: 1 });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await tinytask.close();
  }
}

/** Whether a page is served there. */
export async function servesPage(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return response.ok && (response.headers.get('content-type') ?? '').includes('text/html');
  } catch {
    return false;
  }
}
