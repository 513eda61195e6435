import type { AnswerOf, DataOf, Envelope, InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict, unavailable } from '@lifeboat/kernel';
import type { EntityManager, MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { again, AnswersRequest, DoesWork, done, HandlesCommand, ReactsTo } from '../handlers.ts';
import type {
  DecidingHandler,
  EventHandler,
  RequestContext,
  RequestHandler,
  WorkContext,
  WorkHandler,
  WorkOutcome,
} from '../handlers.ts';
import { runService } from '../run-service.ts';
import { GiveUpEffect, MakeEffect, MakeEffectSlowly, ReadEffects } from './example-messages.ts';

// A service as small as one can be, run by the specs as processes of their own that are killed and started again.

class Example1790000000900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table effect (seq bigserial, what text not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table effect`);
  }
}

const leave = (tx: EntityManager, what: string): Promise<unknown> =>
  tx.query(`insert into effect (what) values ($1)`, [what]);

let failures = 0;

@HandlesCommand(MakeEffect)
class MakeEffectHandler implements DecidingHandler<typeof MakeEffect> {
  async decide(data: DataOf<typeof MakeEffect>, tx: EntityManager): Promise<AnswerOf<typeof MakeEffect>> {
    await leave(tx, data.effect);
    if (data.afterwards === 'refuse') throw conflict('effect-refused', `Effect ${data.effect} is refused.`);
    if (data.afterwards === 'break') throw new TypeError('a mistake of ours');
    if (data.afterwards === 'fail-twice' && ++failures <= 2) throw unavailable('not-yet', 'Not yet.');
    return { effect: data.effect, byProcess: process.pid };
  }
}

interface Memo {
  readonly step: number;
}

@DoesWork(MakeEffectSlowly)
class MakeEffectSlowlyHandler implements WorkHandler<typeof MakeEffectSlowly, Memo> {
  async work(
    data: DataOf<typeof MakeEffectSlowly>,
    memo: Memo | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof MakeEffectSlowly>, Memo>> {
    const step = memo?.step ?? 0;
    if (step === data.steps) return done({ effect: data.effect, byProcess: process.pid });
    await context.transaction(async (tx) => {
      const part = `${data.effect}/${step}`;
      const [made]: unknown[] = await tx.query(`select 1 from effect where what = $1`, [part]);
      if (!made) await leave(tx, part);
    });
    return again({ step: step + 1 }, data.stepMs);
  }
}

@DoesWork(GiveUpEffect)
class GiveUpEffectHandler implements WorkHandler<typeof GiveUpEffect, null> {
  async work(
    { effect }: DataOf<typeof GiveUpEffect>,
    _memo: null | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof GiveUpEffect>, null>> {
    const ended = await context.transaction((_tx, out) => out.cancel(MakeEffectSlowly, { effect }));
    return ended ? done({ effect, byProcess: process.pid }) : again(null, 50);
  }
}

@AnswersRequest(ReadEffects)
class ReadEffectsHandler implements RequestHandler<typeof ReadEffects> {
  async answer(
    { prefix }: InputOf<typeof ReadEffects>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadEffects>> {
    const rows = await context.transaction<{ what: string }[]>((tx) =>
      tx.query(`select what from effect where starts_with(what, $1) order by seq`, [prefix]),
    );
    return { effects: rows.map(({ what }) => what) };
  }
}

/** Hears its own answers. */
@ReactsTo('lifeboat.evt.image.>')
class HearEffectsHandler implements EventHandler {
  async react(envelope: Envelope, tx: EntityManager): Promise<void> {
    await leave(tx, `heard ${envelope.id}`);
  }
}

await runService({
  name: 'example',
  context: 'image',
  database: { schema: 'example', entities: [], migrations: [Example1790000000900] },
  settings: { LIFEBOAT_EXAMPLE: z.enum(['a', 'b']).default('a') },
  providers: [MakeEffectHandler, MakeEffectSlowlyHandler, GiveUpEffectHandler, ReadEffectsHandler, HearEffectsHandler],
});
