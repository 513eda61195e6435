import { illegalState } from '@lifeboat/kernel';
import { Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface StoppedServer {
  readonly id: string;
  readonly name: string;
}

/** Which servers a run has stopped. Whoever stops and whoever starts again hold the same lock, so that no stop comes after the start. */
@Injectable()
export class SourceServers {
  constructor(private readonly database: Database) {}

  async stoppedBy(runId: string): Promise<readonly StoppedServer[]> {
    return this.database.query<StoppedServer[]>(
      `select server_id as id, name from stopped_server where run_id = $1 order by server_id`,
      [runId],
    );
  }

  /** Intent before effect: that it will be stopped is stored before it is, and it is not when the run starts its servers again by then. */
  async stop(runId: string, server: StoppedServer, call: () => Promise<unknown>): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.holdOf(tx, runId);
      await tx.query(
        `insert into stopped_server (run_id, server_id, name) values ($1, $2, $3) on conflict (run_id, server_id) do nothing`,
        [runId, server.id, server.name],
      );
    });
    await this.database.transaction(async (tx) => {
      if ((await this.holdOf(tx, runId)).released)
        throw illegalState('run-being-undone', `Run ${runId} starts its servers again: it stops none any more.`);
      await call();
    });
  }

  /** From here on the run stops none. */
  async release(runId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.holdOf(tx, runId);
      await tx.query(`update source_hold set released = true where run_id = $1`, [runId]);
    });
  }

  private async holdOf(tx: EntityManager, runId: string): Promise<{ readonly released: boolean }> {
    await tx.query(`insert into source_hold (run_id) values ($1) on conflict (run_id) do nothing`, [runId]);
    const [row] = await tx.query<{ released: boolean }[]>(
      `select released from source_hold where run_id = $1 for update`,
      [runId],
    );
    return { released: row?.released ?? false };
  }
}
