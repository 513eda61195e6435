import { MakeBundle } from '@lifeboat/contracts';
import type { Bundle, BundleHome, InputOf, OutputOf } from '@lifeboat/contracts';
import { entities } from '@lifeboat/openstack-entities';
import { aftershocksOf } from '@lifeboat/openstack-entity-api';
import { AnswersRequest, SETTINGS, Sites } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { CompilePoint } from '../compile/compile-point.ts';
import type { CompiledPoint } from '../compile/compile-point.ts';
import { fingerprintOf, signed } from './bundle-files.ts';
import type { BundleFile } from './bundle-files.ts';
import { hotTemplate } from './hot/template.ts';
import { bundleName, placeOf, superfluous } from './place.ts';
import { HOME_FILE, homeFile } from './home-file.ts';
import { RECOVER } from '../recover-py.ts';
import { runbook } from './runbook.ts';
import { signingKey } from './signing-key.ts';
import { WholePoints } from './whole-points.ts';

type Input = InputOf<typeof MakeBundle>;

/** Each time under a new name; what is more than is to be kept goes only when the new one stands. */
@AnswersRequest(MakeBundle)
export class MakeBundleHandler implements RequestHandler<typeof MakeBundle> {
  constructor(
    private readonly points: CompilePoint,
    private readonly whole: WholePoints,
    private readonly sites: Sites,
    @Inject(SETTINGS)
    private readonly settings: { readonly LIFEBOAT_BUNDLE_KEY_FILE?: string; readonly LIFEBOAT_SECRET_KEY: string },
  ) {}

  async answer(input: Input): Promise<OutputOf<typeof MakeBundle>> {
    const key = await signingKey(this.settings.LIFEBOAT_BUNDLE_KEY_FILE);
    const place = placeOf(input.to, await this.sites.open(input.target));
    const compiled = await this.points.compile(input);
    const bundle = aboutOf(input, compiled, new Date().toISOString(), fingerprintOf(key));
    const home = homeFile(input.home, await this.whole.read(input.points), this.settings.LIFEBOAT_SECRET_KEY);
    await place.write(input.groupId, bundle.name, await filesOf(input, compiled, { bundle, home }, key));
    const removed = input.keep === undefined ? [] : superfluous(await place.names(input.groupId), input.keep);
    for (const name of removed) await place.remove(input.groupId, name);
    return { bundle, removed: [...removed] };
  }
}

const aboutOf = (input: Input, { script }: CompiledPoint, madeAt: string, key: string): Bundle => ({
  groupId: input.groupId,
  pointId: input.pointId,
  ...(input.plan && { plan: input.plan }),
  place: input.to,
  name: bundleName(madeAt, input.pointId),
  madeAt,
  dataAsOf: input.requestedAt,
  calls: script.calls.length,
  byHand: script.byHand.length,
  key,
});

async function filesOf(
  input: Input,
  compiled: CompiledPoint,
  { bundle: { madeAt, key: fingerprint }, home }: { readonly bundle: Bundle; readonly home: BundleHome },
  key: string,
): Promise<readonly BundleFile[]> {
  const title = `Group ${input.groupName} as of ${input.requestedAt}, recovered at ${input.target}.`;
  const hot = hotTemplate(compiled, title);
  // What user data says is looked through by nobody here.
  const later = aftershocksOf(compiled.topology, entities, () => undefined);
  const text = runbook({ input, script: compiled.script, unsaid: hot.unsaid, later, madeAt, fingerprint });
  const files: readonly BundleFile[] = [
    { name: 'RUNBOOK.md', bytes: Buffer.from(text) },
    { name: 'calls.json', bytes: Buffer.from(`${JSON.stringify({ format: 1, ...compiled.script }, null, 1)}\n`) },
    { name: 'recover.py', bytes: await readFile(RECOVER), executable: true },
    { name: 'template.yaml', bytes: Buffer.from(hot.text) },
    { name: HOME_FILE, bytes: Buffer.from(`${JSON.stringify(home)}\n`) },
  ];
  const { groupId: group, groupName, source, target, pointId: point, requestedAt: dataAsOf, plan } = input;
  return signed(files, { group, groupName, source, target, point, dataAsOf, ...(plan && { plan }), madeAt }, key);
}
