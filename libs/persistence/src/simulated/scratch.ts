import type { Envelope } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Database } from '../database.ts';

let schemas = 0;

/** A table for a spec's effects, made as a service makes its own. */
class Effects1790000000200 {
  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query(`create table effect (what text not null)`);
  }

  async down(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query(`drop table effect`);
  }
}

export const scratchSchema = (): string => `scratch_${process.pid}_${++schemas}`;

/** One instance of a service with its schema; several may share one. */
export function scratchDatabase(url: string, schema = scratchSchema()): Database {
  return new Database({ url, schema, entities: [], migrations: [Effects1790000000200] });
}

export async function effects(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ what: string }[]>(`select what from effect order by what`);
  return rows.map(({ what }) => what);
}

export const aMessage = (more: Partial<Envelope> = {}): Envelope => ({
  id: newId(),
  type: 'lifeboat.cmd.image.example.v1',
  source: 'lifeboat/spec',
  time: new Date().toISOString(),
  attempt: 1,
  data: {},
  ...more,
});
