import { schedulerError } from '../../words/errors.ts';
import type { SchedulerClient } from '../scheduler-client.ts';
import type { SchedulesClient } from '../schedules-client.ts';
import { askApi, type FactsApi } from './ask-api.ts';
import { aboutMethod, type FactsMethod, isFactsMethod } from './methods.ts';

/**
 * The one API, of which a process that serves it carries out what FACTS lists. Whatever that process does not do is done here,
 * by a connection that is made only then: nobody is told which way it went.
 */
export class ThroughApi {
  readonly #api: FactsApi;
  readonly #connect: () => Promise<Partial<SchedulerClient>>;
  #own: Promise<Partial<SchedulerClient>> | undefined;

  constructor(api: FactsApi, connect: () => Promise<Partial<SchedulerClient>>) {
    this.#api = api;
    this.#connect = connect;
  }

  client(): SchedulerClient {
    const schedules = methodsBy<SchedulesClient>((name) =>
      this.#call(`schedules.${name}`, async () => (await this.#here()).schedules ?? {}, name),
    );
    const close = async () => (await this.#own?.catch(() => undefined))?.close?.();
    return methodsBy<SchedulerClient>((name) => this.#call(name, () => this.#here(), name), {
      schedules,
      close,
    });
  }

  #call<Holder>(name: string, holder: () => Promise<Holder>, own: string) {
    return async (...args: unknown[]): Promise<unknown> => {
      if (this.#own === undefined && isFactsMethod(name)) {
        const told = await this.#asked(name, args);
        if (told !== undefined) return told.facts;
      }
      const there = await holder();
      return (there[own as keyof Holder] as (...given: unknown[]) => Promise<unknown>).call(there, ...args);
    };
  }

  /** Undefined: it is to be done here. @throws SchedulerError what it failed with, and `api-no-answer` */
  async #asked(method: FactsMethod, args: unknown[]): Promise<{ facts: unknown } | undefined> {
    const told = await askApi(this.#api, method, args);
    switch (told.is) {
      case 'answered':
        return { facts: told.facts };
      case 'failed':
        // For a new task TinyTask alone is needed, which the API has not come to.
        if (method === 'add' && !told.begun) return undefined;
        throw schedulerError(told.failure);
      case 'not-done':
        return undefined;
      case 'unknown':
        if (aboutMethod(method).kind !== 'once') return undefined;
        throw schedulerError({ code: 'api-no-answer', method });
    }
  }

  /** Who was left once by the API is not sent there again. */
  #here(): Promise<Partial<SchedulerClient>> {
    this.#own ??= this.#connect();
    return this.#own;
  }
}

/** An object of which each method is made as it is asked for, but for those that are given. */
function methodsBy<Client extends object>(
  make: (name: string) => (...args: unknown[]) => Promise<unknown>,
  given: object = {},
): Client {
  return new Proxy(given, {
    // Whoever awaits it looks whether it is a promise.
    get: (_, name) =>
      Reflect.get(given, name) ?? (typeof name === 'string' && name !== 'then' ? make(name) : undefined),
  }) as Client;
}
