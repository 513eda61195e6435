import { setGauge } from '@lifeboat/telemetry';
import { Database, Every } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { Envelope } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';

const TICK_MS = 500;
const FIRST_SECONDS = 3;
const LONGEST_SECONDS = 60;

/** Long enough that a healthy service has taken the command in by then; short enough that a wiped store costs seconds. */
export const firstResend = (): Date => new Date(Date.now() + FIRST_SECONDS * 1_000);

/**
 * Sends unanswered commands again, as new attempts of the same id. A service that is at it ignores the repeat; one that has done it answers again; one
 * that never heard of it (NATS lost the message, or everything) begins.
 */
@Injectable()
export class Resender {
  constructor(private readonly database: Database) {}

  @Every(TICK_MS)
  async resend(): Promise<void> {
    // Nearly always nothing is due: that costs one query, and the coordinator of a run that takes long next to nothing.
    const [row] = await this.database.query<{ n: string; due: string }[]>(
      `select count(*) as n, count(*) filter (where resend_at <= now()) as due from pending_command`,
    );
    setGauge('lifeboat_unanswered_commands', Number(row?.n ?? 0));
    if (Number(row?.due ?? 0) > 0) await this.database.transaction((tx, out) => this.sendDue(tx, out));
  }

  private async sendDue(tx: EntityManager, out: Outgoing): Promise<void> {
    const [rows]: [{ envelope: Envelope; attempt: number }[], number] = await tx.query(
      `update pending_command set attempt = attempt + 1, resend_at = now() + make_interval(secs => least($1::float, $2 * power(1.6, attempt)))
       where command_id in (select command_id from pending_command where resend_at <= now() order by resend_at limit 100 for update skip locked)
       returning envelope, attempt`,
      [LONGEST_SECONDS, FIRST_SECONDS],
    );
    await out.forward(rows.map(({ envelope, attempt }) => ({ ...envelope, attempt })));
  }
}
