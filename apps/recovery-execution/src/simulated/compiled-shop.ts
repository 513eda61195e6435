import type { DiskRecipe, ResolvedWave } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { entities } from '@lifeboat/openstack-entities';
import { captureGroup, captureProject, MemoryLedger, receipt, RunState } from '@lifeboat/openstack-entity-api';
import type { EntityReceipt, Rebuild, Topology } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { createShop, openSimulated } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { compile } from '../compile/compile.ts';
import type { Compiled } from '../compile/compile.ts';

const RUN_ID = '5f0c5c0e-7e56-8a5b-9d0e-2c1a3b4d5e6f';

const seal = (plain: string): Json => ({ $sealed: Buffer.from(plain).toString('base64'), digest: plain });
const open = (sealed: Json): string => Buffer.from((sealed as { $sealed: string }).$sealed, 'base64').toString();

/** Two small played clouds; the shop runs in the first and is compiled for the second. */
export class CompiledShop {
  private constructor(
    readonly here: Simulator,
    readonly there: Simulator,
    readonly source: Cloud,
    readonly target: Cloud,
    readonly shop: Shop,
    private readonly topology: Topology,
  ) {}

  static async start(username?: string): Promise<CompiledShop> {
    const small = { gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 2 };
    const [here, there] = await Promise.all([
      startSimulator({ ...small, name: 'here' }),
      startSimulator({ ...small, name: 'there', floatingPrefix: '172.24.5' }),
    ]);
    const as = username === undefined ? {} : { username, project: 'demo' };
    const [source, target] = [openSimulated(here, as), openSimulated(there, as)];
    const shop = await createShop(source);
    // Neutron makes a project's default group when somebody first asks.
    await target.network.get('/security-groups');
    const roots = [
      ...Object.values(shop.servers).map((id) => ({ kind: 'server', id })),
      { kind: 'port', id: shop.ports.vip },
    ];
    const snapshot = await captureProject({ cloud: source, registry: entities, seal });
    return new CompiledShop(here, there, source, target, shop, captureGroup(snapshot, entities, roots).topology);
  }

  async compile(waves: readonly ResolvedWave[] = [], recipes?: readonly DiskRecipe[]): Promise<Compiled> {
    return compile(await this.rebuild(), waves, recipes ?? this.blankRecipes());
  }

  /** The images stand there by their names. */
  private async rebuild(): Promise<Rebuild> {
    const provided = new Map<string, string>();
    for (const image of this.topology.of('image'))
      for await (const live of this.target.image.list<{ id: string; name: string }>('/images', 'images'))
        if (live.name === image.name) provided.set(`image/${image.id}`, live.id);
    return {
      runId: RUN_ID,
      source: 'here',
      cloud: this.target,
      registry: entities,
      topology: this.topology,
      ledger: new MemoryLedger(),
      provided,
      mappings: {},
      open,
      signal: new AbortController().signal,
    };
  }

  /** `imageRef`: they are made of that image. */
  blankRecipes(imageRef?: string): readonly DiskRecipe[] {
    return this.topology.of('volume').map(({ id, name, spec }): DiskRecipe => {
      const size = Number(spec['size']);
      const mark = { lifeboat_run: RUN_ID, lifeboat_point: 'pnt-1', lifeboat_disk: id, lifeboat_purpose: 'copy' };
      const path = '/volumes/${volume.id}';
      return {
        disk: {
          kind: 'volume',
          id,
          name,
          sizeGiB: size,
          bootable: false,
          encrypted: false,
          multiattach: false,
          status: 'in-use',
        },
        driver: 'stateless',
        calls: [
          {
            service: 'volume',
            method: 'POST',
            path: '/volumes',
            body: {
              volume: {
                name,
                size,
                volume_type: String(spec['volume_type']),
                metadata: mark,
                ...(imageRef && { imageRef }),
              },
            },
            wait: { path, field: 'volume.status', until: ['available', 'in-use'], fail: ['error'] },
          },
        ],
        gives: { kind: 'volume', volumeId: '${volume.id}' },
      };
    });
  }

  /** What stands there, compared field by field with what was captured. */
  async receipts(
    stands: readonly { readonly kind: string; readonly id: string; readonly how: string; readonly target?: string }[],
  ): Promise<readonly EntityReceipt[]> {
    const run = await this.rebuild();
    for (const { kind, id, how, target } of stands)
      await run.ledger.put({
        ref: { kind, id },
        state: 'finished',
        how,
        ...(target !== undefined && { targetId: target }),
      });
    const { all } = await captureProject({ cloud: this.target, registry: entities, seal });
    return receipt(this.topology, all, await RunState.load(run));
  }

  async stop(): Promise<void> {
    await Promise.all([this.source.close(), this.target.close()]);
    await Promise.all([this.here.stop(), this.there.stop()]);
  }
}
