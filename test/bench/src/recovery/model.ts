import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud, ServiceClient, ServiceName } from '@lifeboat/openstack-client';
import { entities } from '@lifeboat/openstack-entities';
import {
  captureGroup,
  captureProject,
  MemoryLedger,
  rebuild,
  refKey,
  registry as registryOf,
  stepsOf,
} from '@lifeboat/openstack-entity-api';
import type { Entity, EntityType, Registry, Step, Topology } from '@lifeboat/openstack-entity-api';
import type { Pace } from './pace.ts';

/** What nobody goes below who makes these things by these calls. */
export interface Bounds {
  readonly entities: number;
  /** The longest chain of the build order: each of its calls takes the latency, and of a server the time that it boots and one look. */
  readonly criticalPath: number;
  /** What the chain is of, by kinds. */
  readonly chain: readonly string[];
  /** Calls that change something, by service. */
  readonly changes: ReadonlyMap<string, number>;
  /** What the limit makes of them: a second's worth passes at once. */
  readonly limit: number;
  /** Both together: of each service the calls behind which most is left go first, and what is left behind the last of so many comes after the time that the limit makes of these. */
  readonly both: number;
}

/** Calls that change something, by the step that made them. */
type Counted = Map<string, ServiceName[]>;

/**
 * The engine makes all that stands at `source` at `spare`, a cloud that answers at once: what each step of the build order asks of a cloud is counted there, and
 * the graph of these very steps gives the longest chain. Reads are left out, as nobody knows how few would do.
 */
export async function boundsOf(source: Cloud, spare: Cloud, pace: Pace): Promise<Bounds> {
  const project = await captureProject({ cloud: source, registry: entities, seal: (plain) => plain });
  const { topology: all } = captureGroup(project, entities, project.all.of('server'));
  const counted: Counted = new Map();
  await rebuild({
    runId: 'model',
    source: 'source',
    cloud: spare,
    registry: counting(counted),
    topology: all,
    ledger: new MemoryLedger(),
    provided: await imagesByName(all, spare),
    mappings: {},
    open: String,
    signal: AbortSignal.timeout(MODELLED_WITHIN_MS),
  });
  const timed = stepsOf(all, entities).map((step): Timed => ({ ...step, ...costsOf(step, counted, pace) }));
  const { seconds, chain } = longest(timed);
  const calls = Map.groupBy(callsOf(timed, pace), ({ service }) => service);
  const changes = new Map([...calls].map(([service, of]) => [service, of.length]));
  const limits = [...calls.values()].map((of) => limited(of, pace));
  return {
    entities: all.entities.length,
    criticalPath: seconds,
    chain,
    changes,
    limit: Math.max(...changes.values()) / pace.perSecond - 1,
    both: Math.max(seconds, ...limits),
  };
}

const MODELLED_WITHIN_MS = 10 * 60_000;

/** A step with what it takes, in seconds: its calls, and the time that a server boots. */
interface Timed extends Step {
  readonly services: readonly ServiceName[];
  readonly calling: number;
  readonly booting: number;
}

function costsOf({ key, entity, last }: Step, counted: Counted, { latencyMs, bootMs }: Pace) {
  const services = counted.get(key) ?? [];
  const boots = !last && entity.kind === 'server' && services.length > 0;
  return {
    services,
    calling: (services.length * latencyMs) / 1_000,
    // And one look.
    booting: boots ? (bootMs + latencyMs) / 1_000 : 0,
  };
}

/** The longest chain of steps. In the order given, each comes after those that it waits for; but last touches may be named before others. */
function longest(steps: readonly Timed[]): { readonly seconds: number; readonly chain: readonly string[] } {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const ends = new Map<string, { readonly seconds: number; readonly chain: readonly string[] }>();
  const end = (step: Timed): { readonly seconds: number; readonly chain: readonly string[] } => {
    const known = ends.get(step.key);
    if (known) return known;
    const before = step.after.flatMap((key) => byKey.get(key) ?? []).map(end);
    const latest = before.reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: 0, chain: [] });
    const cost = step.calling + step.booting;
    const named = `${step.entity.kind}${step.last ? ', finished' : ''}`;
    const found = { seconds: latest.seconds + cost, chain: cost > 0 ? [...latest.chain, named] : latest.chain };
    ends.set(step.key, found);
    return found;
  };
  return steps.map(end).reduce((a, b) => (b.seconds > a.seconds ? b : a));
}

/** Each call with the seconds from its beginning to the end of all that waits for it. */
interface Tailed {
  readonly service: ServiceName;
  readonly tail: number;
}

function callsOf(steps: readonly Timed[], { latencyMs }: Pace): readonly Tailed[] {
  const later = new Map<string, Timed[]>(steps.map(({ key }) => [key, []]));
  for (const step of steps) for (const key of step.after) later.get(key)?.push(step);
  const tails = new Map<string, number>();
  const tail = ({ key }: Timed): number => {
    const known = tails.get(key);
    if (known !== undefined) return known;
    const longestOf = (later.get(key) ?? []).map((next) => next.calling + next.booting + tail(next));
    const found = longestOf.reduce((a, b) => Math.max(a, b), 0);
    tails.set(key, found);
    return found;
  };
  return steps.flatMap((step) =>
    step.services.map((service, at) => ({
      service,
      tail: ((step.services.length - at) * latencyMs) / 1_000 + step.booting + tail(step),
    })),
  );
}

/** Whoever orders them, of any so many calls the last is made no sooner than the limit lets: no order is better than by tails. */
function limited(calls: readonly Tailed[], { perSecond }: Pace): number {
  const tails = calls.map(({ tail }) => tail).sort((a, b) => b - a);
  return tails.reduce((most, tail, at) => Math.max(most, Math.max(0, (at + 1) / perSecond - 1) + tail), 0);
}

async function imagesByName(all: Topology, cloud: Cloud): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<unknown, string>();
  for await (const { id, name } of cloud.image.list<{ id: string; name: string }>('/images', 'images'))
    ids.set(name, id);
  return new Map(all.of('image').map((image) => [refKey(image), ids.get(image.name) ?? '']));
}

/** The types, each of whose writes is counted for the step that it is of. */
function counting(counted: Counted): Registry {
  const types = entities.all.map((type): EntityType => {
    const { body, create, afterCreate, finish } = type;
    const owners = new WeakMap<object, Entity>();
    return {
      ...type,
      ...(body && {
        body: (kept, to) => {
          const made = { ...body(kept, to) };
          owners.set(made, kept);
          return made;
        },
      }),
      ...(create && {
        create: (cloud, made) => create(noting(cloud, counted, keyOf(owners.get(made))), made),
      }),
      ...(afterCreate && {
        afterCreate: (cloud, id, kept, to) => afterCreate(noting(cloud, counted, keyOf(kept)), id, kept, to),
      }),
      ...(finish && {
        finish: (cloud, id, kept, to) => finish(noting(cloud, counted, `${keyOf(kept)} finished`), id, kept, to),
      }),
    };
  });
  return registryOf(types);
}

const keyOf = (kept: Entity | undefined): string => (kept ? refKey(kept) : '');

function noting(cloud: Cloud, counted: Counted, key: string): Cloud {
  const services = forEachService((name) => {
    const client = cloud[name];
    const note = (): void => void counted.set(key, [...(counted.get(key) ?? []), name]);
    const written: Pick<ServiceClient, 'post' | 'put' | 'patch' | 'delete'> = {
      post: (...args) => (note(), client.post(...args)),
      put: (...args) => (note(), client.put(...args)),
      patch: (...args) => (note(), client.patch(...args)),
      delete: (...args) => (note(), client.delete(...args)),
    };
    return Object.assign(Object.create(client) as ServiceClient, written);
  });
  return { ...cloud, ...services };
}
