import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Entity, EntityType, Live, Target } from './entity.ts';

interface Reading<T> {
  readonly told: Promise<T>;
  staleAt: number;
}

/**
 * What lists of candidates tell, read once for all entities whose candidates come of the same calls: a thousand ports are looked for in one list, not in a
 * thousand. `digest` keeps of a list what is asked of it.
 */
export class SharedLists<T> {
  private readonly readings = new Map<string, Reading<T>>();

  constructor(
    private readonly digest: (lives: AsyncIterable<Live>) => Promise<T>,
    /** How old an answer may be, in ms, by how long it took. */
    private readonly freshFor: (tookMs: number) => number = () => Number.POSITIVE_INFINITY,
  ) {}

  /** `undefined` where the type lists none. `call` makes the calls when it is their turn. */
  async of(
    entity: Entity,
    { candidates }: Pick<EntityType, 'candidates'>,
    to: Target,
    cloud: Cloud,
    call: (read: () => Promise<T>) => Promise<T>,
  ): Promise<T | undefined> {
    if (!candidates) return undefined;
    const key = `${entity.kind} ${await callsOf((noting) => candidates(noting, entity, to), cloud)}`;
    const known = this.readings.get(key);
    if (known && Date.now() < known.staleAt) return known.told;
    let began = Date.now();
    const told = call(() => {
      began = Date.now();
      return this.digest(candidates(cloud, entity, to));
    });
    const reading: Reading<T> = { told, staleAt: Number.POSITIVE_INFINITY };
    this.readings.set(key, reading);
    told.then(
      () => (reading.staleAt = Date.now() + this.freshFor(Date.now() - began)),
      () => this.readings.delete(key),
    );
    return told;
  }
}

/** Which lists are asked for; none is. */
async function callsOf(candidates: (cloud: Cloud) => AsyncIterable<Live>, cloud: Cloud): Promise<string> {
  const calls: string[] = [];
  const noting = forEachService((name) => {
    const list = (path: string, _key: string, options: { readonly query?: unknown } = {}): AsyncIterable<never> => {
      calls.push(`${name} ${path} ${JSON.stringify(options.query ?? {})}`);
      return nothing();
    };
    return Object.create(cloud[name], { list: { value: list } }) as Cloud[typeof name];
  });
  for await (const _ of candidates({ ...cloud, ...noting })) break;
  return calls.join(', ');
}

async function* nothing(): AsyncGenerator<never> {
  // Nothing stands anywhere.
}
