import type { CommandDef, DataOf, RunKind, RunStarted } from '@lifeboat/contracts';
import { sagas } from '@lifeboat/saga-definitions';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { Type } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Runner } from './runner.ts';
import type { Start } from './runner.ts';

type Command = CommandDef<Start, DataOf<typeof RunStarted>>;

function starting(command: Command, kind: RunKind): Type<DecidingHandler<Command>> {
  @HandlesCommand(command)
  class StartRunHandler implements DecidingHandler<Command> {
    constructor(private readonly runner: Runner) {}

    async decide(data: Start, tx: EntityManager, context: HandlerContext): Promise<DataOf<typeof RunStarted>> {
      await this.runner.start(tx, context, kind, data, context.message.traceparent);
      return { runId: data.runId, kind, groupId: data.groupId };
    }
  }
  return StartRunHandler;
}

/** Each saga is started by its own command, the same for all its versions. */
export const startRunHandlers = [...new Map(sagas.map((one) => [one.name, one.start])).entries()].map(([name, start]) =>
  starting(start as Command, name as RunKind),
);
