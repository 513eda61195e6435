import type { RequestDef } from '@lifeboat/contracts';
import { Bus, ask } from '@lifeboat/messaging';
import { Database as Store, Holds, isHeld } from '@lifeboat/persistence';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Outgoing } from './handlers.ts';
import { outgoingOf } from './outgoing.ts';

/** The service's own schema. What a transaction sends leaves only when it commits. */
@Injectable()
export class Database {
  constructor(
    readonly store: Store,
    private readonly service: string,
  ) {}

  async transaction<T>(fn: (tx: EntityManager, out: Outgoing) => Promise<T>): Promise<T> {
    const result = await this.store.transaction((tx) => fn(tx, outgoingOf(this.service, tx)));
    this.store.wake.emit('outbox');
    return result;
  }

  query<T = unknown>(sql: string, parameters: readonly unknown[] = []): Promise<T> {
    return this.store.query<T>(sql, parameters);
  }

  /** Keys of a scope that are shared out with other instances; to be closed. */
  holds(scope: string): Holds {
    return new Holds(this.store, scope);
  }

  /** Whether anybody, in any instance, holds anything of a scope. */
  isHeld(tx: EntityManager, scope: string): Promise<boolean> {
    return isHeld(tx, scope);
  }
}

/** Asks other services. */
@Injectable()
export class Asker {
  constructor(readonly bus: Bus) {}

  ask<I, O>(request: RequestDef<I, O>, input: I, options?: { readonly timeoutMs?: number }): Promise<O> {
    return ask(this.bus, request, input, options);
  }
}
