import { asLifeboatError } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { inBatches } from './batches.ts';
import type { Entity, EntityType, Gathering, Live, Ref, Scope } from './entity.ts';
import { apiOf, offersOf } from './extensions.ts';
import { inParallel } from './in-parallel.ts';
import { Places } from './places.ts';
import type { Registry } from './registry.ts';
import { refKey, refsOf } from './topology.ts';

export interface CaptureOptions {
  readonly cloud: Cloud;
  readonly registry: Registry;
  /** Seals a secret before it is stored anywhere. */
  readonly seal: (plain: string) => Json;
  /** So many lists are read at once; four without it, which keeps memory flat. */
  readonly listsAtOnce?: number;
}

/** `owned`: the project's list shows it. `foreign`: something of the project refers to it. `implied`: another entity is its only record. */
export type Origin = 'owned' | 'foreign' | 'implied';

/** Some of what was seen. */
export interface Page {
  readonly origin: Origin;
  readonly entities: readonly Entity[];
}

export interface Skipped extends Ref {
  readonly name: string;
  readonly why: string;
}

/** What there is to say of a project besides its entities, once all of it has been read. */
export interface Crawled {
  readonly projectId: string;
  readonly skipped: readonly Skipped[];
  /** Services that the cloud lacks, and extensions of them: `volume`, `network/qos`. */
  readonly absentServices: readonly string[];
  /** Kinds of which nothing can be said this time: their service is absent, or these credentials may not list them. */
  readonly unlisted: ReadonlySet<string>;
  /** Whether it was there. */
  saw(ref: Ref): boolean;
}

/** What is worked on and stored at once: enough for one query, and few enough to be forgotten while V8 still calls them young. */
const PAGE = 250;
const LISTS_AT_ONCE = 4;
const READS_AT_ONCE = 8;

/**
 * Reads all a project has, by list calls, then one by one what it refers to and does not own (shared networks, public images, flavors). Everything is given
 * to `take` page by page as it comes, each list's pages one after the other; what stays in memory are ids.
 */
export async function crawl(options: CaptureOptions, take: (page: Page) => Promise<void>): Promise<Crawled> {
  const { projectId, isAdmin } = await options.cloud.whoAmI();
  const { listsAtOnce = LISTS_AT_ONCE } = options;
  const { types, absent } = await offered(options);
  const run = new Crawl(options, { projectId, isAdmin }, take);
  const later = types.filter((type) => type.gather);
  const needed = new Set(later.flatMap(({ gather }) => gather?.from ?? []));
  const first = types.filter(({ kind, gather }) => !gather && needed.has(kind));
  const rest = types.filter(({ kind, gather }) => !gather && !needed.has(kind));
  await inParallel(first, listsAtOnce, (type) => run.list(type, later));
  // What needs those is the longest of lists (servers): the others are read beside it.
  await inParallel([...later, ...rest], listsAtOnce, (type) => run.list(type, []));
  await run.fetchForeign();
  await run.giveImplied();
  const lacking = options.registry.all.filter((type) => !types.includes(type)).map(({ kind }) => kind);
  return {
    projectId,
    skipped: run.skipped,
    absentServices: absent,
    unlisted: new Set([...lacking, ...run.unlisted]),
    saw: (ref) => run.places.saw(ref),
  };
}

class Crawl {
  readonly places = new Places();
  readonly skipped: Skipped[] = [];
  readonly unlisted = new Set<string>();
  private readonly implied = new Map<string, Entity>();
  private readonly gathered = new Map<string, Gathering>();

  constructor(
    private readonly options: CaptureOptions,
    private readonly scope: Scope,
    private readonly take: (page: Page) => Promise<void>,
  ) {}

  /** All of one type; `later` are those whose lists need something of it. */
  list(type: EntityType, later: readonly EntityType[]): Promise<void> {
    const shown = later.filter(({ gather }) => gather?.from.includes(type.kind)).map((one) => this.gathering(one));
    return inBatches(this.owned(type, shown), PAGE, (entities) => this.give('owned', entities));
  }

  private async *owned(type: EntityType, shown: readonly (Gathering | undefined)[]): AsyncGenerator<Entity> {
    try {
      // What was gathered is used only when all of it could be read.
      const gathered = type.gather?.from.some((kind) => this.unlisted.has(kind)) ? undefined : this.gathering(type);
      for await (const live of (gathered ?? type).list(this.options.cloud, this.scope)) {
        for (const gathering of shown) gathering?.see(type.kind, live);
        const why = type.skip?.(live);
        if (why === undefined) yield keep(type, live, this.options, this.scope);
        else this.skip(type, live.id, why, live['name']);
      }
    } catch (thrown) {
      this.skip(type, '', whyUnlisted(type, thrown));
      this.unlisted.add(type.kind);
    }
  }

  private gathering(type: EntityType): Gathering | undefined {
    const gathering = this.gathered.get(type.kind) ?? type.gather?.begin();
    if (gathering) this.gathered.set(type.kind, gathering);
    return gathering;
  }

  private skip({ kind }: EntityType, id: string, why: string, name?: unknown): void {
    this.skipped.push({ kind, id, name: typeof name === 'string' ? name : '', why });
  }

  private async give(origin: Origin, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      this.places.see(entity);
      for (const [, ref] of refsOf(entity)) this.places.refer(ref);
      if (origin !== 'owned') continue;
      for (const one of this.options.registry.get(entity.kind).implies?.(entity) ?? [])
        this.implied.set(refKey(one), one);
    }
    if (entities.length > 0) await this.take({ origin, entities });
  }

  async fetchForeign(): Promise<void> {
    const { registry, cloud } = this.options;
    const asked = new Set<string>();
    const unasked = (): Ref[] =>
      [...this.places.unseen()].filter((ref) => registry.has(ref.kind) && !asked.has(refKey(ref))).slice(0, PAGE);
    for (let refs = unasked(); refs.length > 0; refs = unasked()) {
      const found: (Entity | undefined)[] = [];
      await inParallel([...refs.entries()], READS_AT_ONCE, async ([at, ref]) => {
        asked.add(refKey(ref));
        const type = registry.get(ref.kind);
        const live = await type.get(cloud, ref.id, this.scope);
        found[at] = live && keep(type, live, this.options, this.scope);
      });
      await this.give(
        'foreign',
        found.filter((entity) => entity !== undefined),
      );
    }
  }

  giveImplied(): Promise<void> {
    return this.give(
      'implied',
      [...this.implied.values()].filter((entity) => !this.places.saw(entity)),
    );
  }
}

/** What these credentials may not list is said, and the rest is kept. Throws what must stop the crawl. */
function whyUnlisted(type: EntityType, thrown: unknown): string {
  const error = asLifeboatError(thrown);
  const refused = error.kind === 'forbidden' && error.code !== 'credentials-refused';
  // What is only counted must not stop what is carried: its service may be away for days.
  if (!refused && type.provision !== 'reported') throw thrown;
  return `${refused ? 'these credentials may not list it' : 'it could not be listed'}: ${error.message}`;
}

/** The types that the cloud has an API for, and the names of the APIs it lacks. */
async function offered({ cloud, registry }: CaptureOptions): Promise<{
  readonly types: readonly EntityType[];
  readonly absent: readonly string[];
}> {
  const offers = offersOf(cloud);
  const lacks = await Promise.all(
    registry.all.map(async (type) => {
      if (await offers(type)) return undefined;
      return (await cloud.has(type.service)) ? apiOf(type) : type.service;
    }),
  );
  return {
    types: registry.all.filter((_type, i) => lacks[i] === undefined),
    absent: [...new Set(lacks.filter((api) => api !== undefined))],
  };
}

/** What is kept of an answer: the three drawers, secrets sealed. */
export function keep(type: EntityType, live: Live, options: Pick<CaptureOptions, 'seal'>, scope: Scope): Entity {
  const captured = type.capture(live, scope);
  const spec = { ...captured.spec };
  for (const field of type.secrets ?? []) {
    const plain = spec[field];
    if (typeof plain === 'string' && plain !== '') spec[field] = options.seal(plain);
  }
  return { ...captured, kind: type.kind, spec };
}
