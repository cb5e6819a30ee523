import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import type { Guardian } from '../../goose/guardian/guardian.ts';
import type { Place } from '../../goose/host/owner.ts';
import type { ProcessId } from '../../goose/host/process-table.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import type { Tell } from '../events.ts';
import type { Unwritten } from '../settle/unwritten.ts';

export interface GooseDeps {
  client: Client;
  /**
   * By the connection of the workers, which takes a quarter of the processor time. For questions alone: where a workflow is about
   * to close, its retries wait longer than ours (temporal/retries.ts).
   */
  asking: Client;
  /** On a connection of its own, for heartbeats alone. */
  leaseClient: Client;
  tinytask: TinyTask;
  config: Config;
  /** Process environment and env file: what goose inherits. */
  environment: Record<string, string | undefined>;
  /** Path of the goose binary, or a name to look for on PATH. */
  gooseBin: string;
  loadAgents: () => Promise<AgentRegistry>;
  unwritten: Unwritten;
  place: Place;
  /** This process. */
  worker: ProcessId;
  guardian: Guardian;
  tell: Tell;
}
