import { BundleExported, BundleFailed, MakeBundle } from '@lifeboat/contracts';
import type { Bundle, BundleSource, Finding } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { Asker, Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { homeOf } from '../adoption/home-of.ts';
import { OWN_FAULTS } from '../readiness/group-check.ts';
import { BundleRow, BundleTryRow } from './bundle.row.ts';
import type { Wanted } from './wanted.ts';

/** A large group asks a slow cloud much. */
const WITHIN_MS = 3 * 60_000;

/** Has bundles made, and keeps account of them. May be asked twice: each is another one. */
@Injectable()
export class Bundles {
  constructor(
    private readonly database: Database,
    private readonly asker: Asker,
  ) {}

  /** `keep`: so many of the group stay at that place; all without it. */
  async make(
    source: BundleSource,
    { to, keep, withoutUserData }: Omit<Wanted, 'keep'> & { readonly keep?: number },
  ): Promise<Bundle> {
    const question = {
      ...source,
      ...(await this.database.transaction((tx) => homeOf(tx, source.groupId))),
      to,
      ...(keep !== undefined && { keep }),
      ...(withoutUserData && { withoutUserData }),
    };
    const { bundle, removed } = await this.asker.ask(MakeBundle, question, { timeoutMs: WITHIN_MS });
    await this.database.transaction(async (tx, out) => {
      const { groupId, place, name, madeAt } = bundle;
      await tx.save(tx.create(BundleRow, { groupId, place, name, madeAt: new Date(madeAt), content: bundle }));
      if (removed.length > 0) await tx.delete(BundleRow, { groupId, place, name: In(removed) });
      await out.emit(BundleExported, bundle);
    });
    return bundle;
  }

  /** As `make`, for one that nobody asked for: what goes wrong is kept and said, once for each reason, and stops nothing. Throws when our own services cannot do it now. */
  async tryToMake(what: string, source: BundleSource, wanted: Wanted): Promise<void> {
    const problem = await this.make(source, wanted).then(
      () => null,
      (thrown: unknown) => problemOf(thrown, wanted),
    );
    const { groupId, pointId } = source;
    await this.database.transaction(async (tx, out) => {
      const before = await tx.findOneBy(BundleTryRow, { groupId });
      await tx.save(tx.create(BundleTryRow, { groupId, what, pointId, triedAt: new Date(), problem }));
      const known = before?.problem?.code === problem?.code && before?.problem?.message === problem?.message;
      if (problem && !known) await out.emit(BundleFailed, { groupId, pointId, problem });
    });
  }
}

function problemOf(thrown: unknown, { to }: Wanted): Finding {
  const { code, message, mend } = asLifeboatError(thrown);
  if (OWN_FAULTS.includes(code)) throw thrown;
  return { code, where: `bundle at ${to}`, message, ...(mend !== undefined && { mend }) };
}
