import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresServer } from './postgres-server.ts';

/** An application that numbers its rows, and knows of which it was told that they are stored. */
export class Orders {
  /** The highest number that was acknowledged. */
  acknowledged = 0;
  private ending = false;
  private writing: Promise<void> = Promise.resolve();

  begin(server: PostgresServer): void {
    this.ending = false;
    this.writing = this.write(server);
  }

  async end(): Promise<void> {
    this.ending = true;
    await this.writing;
  }

  /** Goes on where it was when the server comes back: a number that was not acknowledged is written again. */
  private async write(server: PostgresServer): Promise<void> {
    while (!this.ending) {
      const client = new pg.Client(server.clientConfig);
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query(`create table if not exists orders (n integer primary key, what text)`);
        while (!this.ending) await this.writeOne(client);
      } catch {
        await pause(50); // the server is away, or closed
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  private async writeOne(client: pg.Client): Promise<void> {
    const n = this.acknowledged + 1;
    await client.query(`insert into orders values ($1, repeat('x', 200)) on conflict do nothing`, [n]);
    this.acknowledged = n;
  }
}

/** The numbers from `first` up to `last` that a server does not have; the first few. */
export async function missing(server: PostgresServer, last: number, first = 1): Promise<readonly number[]> {
  const client = new pg.Client(server.clientConfig);
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>(
      'select n from generate_series($2::int, $1::int) n where not exists (select from orders o where o.n = n.n) limit 5',
      [last, first],
    );
    return rows.map(({ n }) => n);
  } finally {
    await client.end();
  }
}
