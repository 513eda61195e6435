import { StartCleanup, StartDiscard, StartFailover, StartProtect } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { Runner } from './runner.ts';

/** Each saga is started by its own command, and is named like it. */

@HandlesCommand(StartProtect)
export class StartProtectHandler implements DecidingHandler<typeof StartProtect> {
  constructor(private readonly runner: Runner) {}

  async decide(
    data: DataOf<typeof StartProtect>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof StartProtect>> {
    await this.runner.start(tx, context, 'protect', data, context.message.traceparent);
    return { runId: data.runId, kind: 'protect', groupId: data.groupId };
  }
}

@HandlesCommand(StartFailover)
export class StartFailoverHandler implements DecidingHandler<typeof StartFailover> {
  constructor(private readonly runner: Runner) {}

  async decide(
    data: DataOf<typeof StartFailover>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof StartFailover>> {
    await this.runner.start(tx, context, 'failover', data, context.message.traceparent);
    return { runId: data.runId, kind: 'failover', groupId: data.groupId };
  }
}

@HandlesCommand(StartCleanup)
export class StartCleanupHandler implements DecidingHandler<typeof StartCleanup> {
  constructor(private readonly runner: Runner) {}

  async decide(
    data: DataOf<typeof StartCleanup>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof StartCleanup>> {
    await this.runner.start(tx, context, 'cleanup', data, context.message.traceparent);
    return { runId: data.runId, kind: 'cleanup', groupId: data.groupId };
  }
}

@HandlesCommand(StartDiscard)
export class StartDiscardHandler implements DecidingHandler<typeof StartDiscard> {
  constructor(private readonly runner: Runner) {}

  async decide(
    data: DataOf<typeof StartDiscard>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof StartDiscard>> {
    await this.runner.start(tx, context, 'discard', data, context.message.traceparent);
    return { runId: data.runId, kind: 'discard', groupId: data.groupId };
  }
}
