import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { SEARCH_ATTRIBUTES } from '../../contract/attributes.ts';
import { freePort } from '../../os/free-port.ts';
import { eventually } from './eventually.ts';

const KEYWORD = 2;
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/** A namespace of a Temporal server that a test has for itself. */
export interface TestTemporal {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
  /** The server is away, as if it were killed, until the returned function is called. */
  away(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** A namespace of its own on a server that others use, too, by an address at which the server can be away. */
export async function namespaceOn(server: string): Promise<TestTemporal> {
  const namespace = `test-${randomUUID()}`;
  await makeNamespace(server, namespace);
  const way = await Way.to(server);
  return { address: way.address, namespace, away: () => way.away(), stop: () => way.close() };
}

async function makeNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { workflowService, operatorService } = connection;
  try {
    await workflowService.registerNamespace({
      ...{ namespace, workflowExecutionRetentionPeriod: msToTs(WEEK_MS) },
    });
    const searchAttributes = Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name }) => [name, KEYWORD]));
    // The services look for new namespaces, and for what was added to them, each few seconds.
    const isDone = (call: () => Promise<unknown>) => () => call().then(() => true);
    await eventually(
      'the search attributes are there',
      isDone(() => operatorService.addSearchAttributes({ namespace, searchAttributes })),
    );
    await eventually(
      'runs can be found by them',
      isDone(() => workflowService.countWorkflowExecutions({ namespace, query: 'Agent = "nobody"' })),
    );
  } finally {
    await connection.close();
  }
}

/** Passes on whatever is sent, until it is told not to: nobody listens there then. */
class Way {
  readonly address: string;
  readonly #to: { host: string; port: number };
  readonly #port: number;
  #listening: Server;
  readonly #open = new Set<Socket>();

  private constructor(to: string, listening: Server) {
    const { hostname, port } = new URL(`http://${to}`);
    this.#to = { host: hostname, port: Number(port) };
    this.#listening = listening;
    this.#port = (listening.address() as AddressInfo).port;
    this.address = `127.0.0.1:${this.#port}`;
    listening.on('connection', (near) => this.#pass(near));
  }

  static async to(address: string): Promise<Way> {
    return new Way(address, await listen(await freePort(0)));
  }

  async away(): Promise<() => Promise<void>> {
    await this.close();
    return async () => {
      this.#listening = await listen(this.#port);
      this.#listening.on('connection', (near) => this.#pass(near));
    };
  }

  async close(): Promise<void> {
    const closed = once(this.#listening, 'close');
    this.#listening.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #pass(near: Socket): void {
    const far = dial(this.#to);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(socket);
      socket.setNoDelay();
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
