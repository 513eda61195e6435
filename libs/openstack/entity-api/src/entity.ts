import type { Json, LifeboatError } from '@lifeboat/kernel';
import type { Cloud, ServiceName } from '@lifeboat/openstack-client';
import type { Aftershock } from './aftershock.ts';

/** A captured entity's place in the graph: kind and the id it has in the cloud it was captured from. */
export interface Ref {
  readonly kind: string;
  readonly id: string;
}

/** Named references: one, several, or none. `undefined` and `[]` are dropped on capture. */
export type Refs = Readonly<Record<string, Ref | readonly Ref[]>>;

/**
 * The three drawers of a captured entity. `spec` is recreated and compared, `refs` are resolved to the target's ids, `observed`
 * is evidence and can never reach a request. Source ids never occur in `spec`; the conformance suite checks that.
 */
export interface Captured {
  readonly id: string;
  readonly name: string;
  readonly spec: Readonly<Record<string, Json>>;
  readonly refs: Refs;
  readonly observed: Readonly<Record<string, Json>>;
  /** What the credentials could not see, said at once: `{ field: 'user_data', reason: 'needs admin rights' }`. */
  readonly unseen?: readonly { readonly field: string; readonly reason: string }[];
}

/** A captured entity together with its kind: a node of the topology. */
export interface Entity extends Captured {
  readonly kind: string;
}

export interface Scope {
  readonly projectId: string;
  readonly isAdmin: boolean;
}

/** How an entity comes to stand at the target. */
export type Provision =
  /** Made by `create`. */
  | 'created'
  /** Stands there already and is found by name or override (projects, flavors, external networks, volume types). */
  | 'mapped'
  /** Its copy was made by another service before (images by image-replication, volumes by data-replication); `adopt` finishes it. */
  | 'provided'
  /** Not at all: it is only detected, and the receipt says why it is left out. */
  | 'reported';

/** Where the suite of a type has passed. `recorded answers`: written from the API reference, as no cloud at hand has the service. */
export type Proof = 'real clouds' | 'simulator' | 'recorded answers';

/** What `body`, `find` and `create` know about the target. */
export interface Target {
  /** The target's id of a captured reference. Throws `illegal-state` `reference-not-resolved` when the order was wrong. */
  id(ref: Ref): string;
  /** The same, `undefined` when the reference is absent or was dropped. */
  maybe(ref: Ref | undefined): string | undefined;
  /** The captured entity behind a reference, for a name or an address. */
  captured(ref: Ref): Entity | undefined;
  /** A name mapped by the group's overrides, else itself: `mapped('availabilityZone', 'az1')`. */
  mapped(rule: string, name: string): string;
  /** Opens a sealed secret of the spec. */
  open(value: Json | undefined): string | undefined;
  /** Whether what stands for a reference was made by this run; not so for what stood there before. */
  made(ref: Ref): boolean;
  /** A copy made by another service for this run: `provided('server-root', id)` is the image to boot from. */
  provided(kind: string, id: string): string | undefined;
  /** Why such a copy has none of the bytes; `undefined` when it has them. */
  blank(kind: string, id: string): string | undefined;
  /** Everything that was captured. */
  readonly all: Topology;
  /** The run's mark for this entity; belongs into the create body. */
  readonly mark: Mark;
  /** Whether an entity that stands at the target serves again by this run: its id there. */
  comesBack(there: Ref): boolean;
  /** Whether what stands at the target gives up what it holds: its id there. */
  makesWay(there: Ref): boolean;
  /** What stands at the target was staged for this and has no other use: what could be in the way of others there is better made anew than changed. */
  readonly staged: boolean;
  /** In a drill: what would lead outside is left out or stood in for, and what stands at the target already stays as it is. */
  readonly isolated: boolean;
  readonly projectId: string;
  readonly isAdmin: boolean;
}

/** The origin mark: who made this object, for what, from what. `text` fits a Neutron description or a metadata value. */
export interface Mark {
  readonly runId: string;
  /** `<site>/<kind>/<id>` of what it stands for. */
  readonly origin: string;
  readonly text: string;
}

/** How what stands at the target already serves: an original at a group's first home, or what was staged. What it is like is stored before it is changed, so that an undo can put that back. */
export interface Returns {
  /**
   * What it is like, as far as `restore` and `last` change it: small plain JSON without secrets. `undefined`: it cannot serve, since it has gone, or is another's
   * or another thing by now. Reads only.
   */
  look(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<Json | undefined>;
  /** Brings it in step with what was captured, where it differs. May run twice. */
  restore(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;
  /** What can only be done when everything that refers to it stands. May run twice. */
  last?(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;
  /** Makes it what it was. Quiet where it has gone. May run twice. */
  putBack(cloud: Cloud, id: string, before: Json, to: Target): Promise<void>;
}

/** How what is made anew at a group's first home finds free what its original holds there. Both are asked again until they answer that it is done. */
export interface Yields {
  /** What it gives up, as far as that comes back; `undefined`: it has gone, or holds nothing of that. Throws where it cannot give it up as it is. Reads only. */
  look(cloud: Cloud, id: string, to: Target): Promise<Json | undefined>;
  /** `turn`: how often it was asked before, by this process. */
  makeWay(cloud: Cloud, id: string, before: Json, turn: number): Promise<boolean>;
  /** Gives it all back, in order. Done where it has gone. */
  takeBack(cloud: Cloud, id: string, before: Json, turn: number): Promise<boolean>;
}

export type State = 'pending' | 'ready' | 'failed' | 'gone';

/** An API answer; entities know its shape. */
export type Live = Readonly<Record<string, unknown>> & { readonly id: string };

/** Enriches one list with what it was shown of others: of each as little as that needs. */
export interface Gathering {
  see(kind: string, live: Live): void;
  /** As the type's own `list`, from what was seen. */
  list(cloud: Cloud, scope: Scope): AsyncIterable<Live>;
}

/** One field of the receipt. */
export interface FieldRule {
  /** Carried over but allowed to differ in any way: by which rule. */
  readonly mapped?: string;
  /** Must be what the group's mappings of this name make of it: `volumeType`. */
  readonly mapping?: string;
  /** Not carried: why. */
  readonly dropped?: string;
  /** For a list of references: its order counts too (a server's NICs). Otherwise it is a set. */
  readonly ordered?: boolean;
}

/**
 * One OpenStack type: how it is found, kept, ordered, remade, removed and proved. All functions but those taking a `Cloud` are pure.
 * The engines do everything common: paging, waiting, marking, storing intent and ids, retries, order, undo, receipts.
 */
export interface EntityType {
  /** Kebab-case, OpenStack's own noun: `security-group-rule`. */
  readonly kind: string;
  readonly service: ServiceName;
  /**
   * The extension of the network service that its API is (`qos`): where a cloud lacks it there is none to capture, and no place to make one. That
   * is said, and holds nothing up.
   */
  readonly extension?: string;
  /** Raised when `capture` changes what it keeps. */
  readonly schema: number;
  /** One sentence for the reference: what is kept and what is not. */
  readonly summary: string;
  readonly provision: Provision;
  /** For `reported`: why it is not carried. */
  readonly reported?: string;
  /** Where its suite has passed; without it on the simulator and on real clouds, as every registered type is tried on both. */
  readonly testedOn?: readonly Proof[];
  /** Fields of the API that are not kept, each with the reason. For the reference. */
  readonly notKept?: Readonly<Record<string, string>>;

  // found
  /** All of the project's, by list calls only (no call per resource). May enrich what it lists with other lists' answers. */
  list(cloud: Cloud, scope: Scope): AsyncIterable<Live>;
  /** For a list that is enriched: what it takes from other types' lists. A crawl reads those first and shows them to it, so that each is read once. */
  readonly gather?: { readonly from: readonly string[]; begin(): Gathering };
  /** One by id, shared or foreign ones too; `undefined` when it is not there. For references that `list` does not reach. */
  get(cloud: Cloud, id: string, scope: Scope): Promise<Live | undefined>;
  /** One by id, exactly as `list` gives it; where `get` says less, or more. What a notification tells of is read by this, and what the sweep finds must be the same. */
  reread?(cloud: Cloud, id: string, scope: Scope): Promise<Live | undefined>;

  /**
   * Notifications that tell of it: the start of the event's name → where its ids are in the payload, as paths for `refsIn`. Steps are parted
   * by `/` (Nova's keys have dots); a step is a key, `*` for each of a list, or `key=value`, which goes on from the same place where that
   * holds and nowhere otherwise. Paths that lead nowhere are no error.
   */
  readonly notified?: Readonly<Record<string, readonly string[]>>;

  // kept
  /** Pure: the three drawers. Called twice with equal input it gives equal output. */
  capture(live: Live, scope: Scope): Captured;
  /** Spec fields that are secrets: sealed before they leave metadata-capture, opened by `target.open`. */
  readonly secrets?: readonly string[];
  /** Names of refs by which a parent pulls this entity into a group: `['network']` for a subnet. */
  readonly belongsTo?: readonly string[];
  /** Nothing of a workload need refer to it (a zone, a secret): a group of the whole project holds it all the same. */
  readonly standsAlone?: true;
  /** Further entities to pull in, e.g. VIP ports named in address pairs. Pure. */
  pulls?(self: Entity, all: Topology): readonly Ref[];
  /** Entities whose only record may be inside this one: the flavor embedded in a server, when the flavor was deleted since. Used where nothing else tells of them. Pure. */
  implies?(self: Entity): readonly Entity[];
  /** Not captured at all: objects that OpenStack makes by itself (`network:dhcp` ports). Pure. */
  skip?(live: Live): string | undefined;

  // ordered: after everything in `refs`, and after these
  after?(self: Entity, all: Topology): readonly Ref[];
  /** What is made only after this, and so removed before it, though it does not refer to it (a shared pool's subnets, to its RBAC policy). Pure. */
  before?(self: Entity, all: Topology): readonly Ref[];
  /** Refs without which it must not be made, or would say something else (a rule without its remote): left out with what they lead to. */
  readonly needs?: readonly string[];
  /** Refs that do not order, as they may close a circle: `finish` waits for them, and only it may resolve them. */
  readonly weakRefs?: readonly string[];

  // remade
  /** Why it can not be recreated from the state it was captured in (a server in ERROR), found before anything is made. Pure. */
  refuses?(kept: Entity): { readonly code: string; readonly message: string; readonly mend?: string } | undefined;
  /**
   * Why it is left out at this target without stopping anything (a role of a user that is not there): said in the receipt and before a run. Asked when
   * neither ours nor one to map to was found. Reads only.
   */
  declines?(cloud: Cloud, kept: Entity, to: Target): Promise<string | undefined>;
  /**
   * Why a drill leaves it out: it would lead out of the drill, or take from what goes on beside it. Said in the receipt and before the drill. A type that is only
   * partly so looks at `to.isolated` instead. Pure.
   */
  outside?(kept: Entity, all: Topology): string | undefined;
  /**
   * Why a create call that the target refused leaves it out instead of stopping the run, where nothing could be known before (a name that a project has
   * which these credentials cannot see). Pure; `undefined` for every other refusal.
   */
  leavesOut?(refusal: LifeboatError, kept: Entity): string | undefined;
  /** For `mapped` (and optionally before `create` when the thing may stand already, e.g. the default security group): finds the target's. Pure but for reads. */
  find?(cloud: Cloud, kept: Entity, to: Target): Promise<{ readonly id: string; readonly rule: string } | undefined>;
  /** The create body. Pure; contains the mark where the API has a place for it, and no source id. */
  body?(kept: Entity, to: Target): Readonly<Record<string, unknown>>;
  /** One create call; answers the new id. Called again only when neither mark nor natural key found anything. */
  create?(cloud: Cloud, body: Readonly<Record<string, unknown>>): Promise<string>;
  /**
   * What the target has of this type that may be ours: by its mark, or by `naturalKey` when the type has no place for one. Those that can bear a mark answer the
   * same for all entities whose lists are the same, with what `get` answers of them: one reading of it serves them all.
   */
  candidates?(cloud: Cloud, kept: Entity, to: Target): AsyncIterable<Live>;
  /** For types that cannot bear a mark: equal keys mean the same object. Only objects that were not there before the intent was stored count. */
  readonly naturalKey?: {
    readonly kept: (kept: Entity, to: Target) => string;
    readonly live: (live: Live) => string;
    /** No second one is taken with the same key: one that stands there serves, and nobody asks for another to be told so. */
    readonly unique?: true;
  };
  /** What create refuses (router routes), and what must come last (DHCP on, the real description). May run twice. */
  afterCreate?(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;
  /**
   * As soon as everything that refers to it stands: switching DHCP on when the ports have their addresses, the real description, the wanted power
   * state. May run twice.
   */
  finish?(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;
  /** `finish` only gives it looks (tags, description) that nothing else sees: it waits for nothing but the entity, and a server boots meanwhile. */
  readonly finishesAlone?: true;
  /** Pure: has what `finish` asked for happened (a server stopped)? The engine waits for it; always, by default. */
  settled?(live: Live, kept: Entity): boolean;
  /** For `provided`: gives the copy its captured looks (name, description, metadata). May run twice. */
  adopt?(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;
  /**
   * For `provided`: takes back what `adopt` gave to a copy that outlives the run (an image's members, its protection), unless another run holds it. May run
   * twice.
   */
  release?(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;
  /**
   * Does this refusal of a call of `create`, `afterCreate`, `finish`, `loosen` or `remove` say only that something else is being done there (a load balancer
   * takes one change of its tree at a time)? Then nothing was done, and the engines ask again. Pure.
   */
  busy?(refusal: LifeboatError): boolean;
  /** Pure: is it usable? `ready` by default. */
  state?(live: Live): State;
  /** Takes back what `finish` did where that would refuse removals (a router's routes). Before anything is removed; may run twice. */
  loosen?(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;
  /**
   * One delete call (or the calls that undo one create); quiet when it is gone. May run twice. Engines check the mark before, and wait
   * until `get` finds nothing any more where the type has a `state`.
   */
  remove?(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void>;

  /**
   * Its original may serve again when a group comes home. `as it is`: it cannot be changed, so only where nothing of it differs in a way that the receipt could not
   * explain; else one is made anew.
   */
  readonly returns?: Returns | 'as it is';
  /** For what is made anew, while its original still holds what comes back. */
  readonly yields?: Yields;
  /**
   * It can stand at the target before it is needed, and costs little and harms nobody there: as what, until then. `undefined`, as without it: it is made when it is
   * needed, with all that refers to it. What it is brought in step with later, when it is taken up, is the entity as it was captured. Pure.
   */
  staged?(kept: Entity, all: Topology): Entity | undefined;

  // proved
  /** Lines of the receipt beyond the comparison of fields: what was left behind on purpose. Pure. */
  notes?(kept: Entity, to: Target): readonly { readonly field: string; readonly dropped: string }[];
  /**
   * Field rules of the receipt by spec field or `refs.<name>`: everything not named here must be equal. A function where a rule holds for
   * some entities only: a rule that holds for too many hides losses. Pure.
   */
  readonly fields?:
    Readonly<Record<string, FieldRule>> | ((kept: Entity, to: Target) => Readonly<Record<string, FieldRule>>);
  /**
   * What its user will meet after a recovery that went well, known beforehand. `open` opens a sealed secret of the spec; what is in it may be looked through,
   * and never be quoted. Pure.
   */
  aftershocks?(
    kept: Entity,
    all: Topology,
    open: (sealed: Json | undefined) => string | undefined,
  ): readonly Aftershock[];
  /** What one of these uses of the target's quotas: `{ instances: 1, cores: 2 }`, keys as in `<service>:<quota>`. Pure. */
  uses?(kept: Entity, all: Topology, mapped: Target['mapped']): Readonly<Record<string, number>>;

  /** At least one real API answer (trimmed) and what capture must return for it. */
  readonly examples: readonly { readonly live: Live; readonly keeps: Captured }[];
}

/** A captured set of entities with the edges between them. */
export interface Topology {
  readonly entities: readonly Entity[];
  get(ref: Ref): Entity | undefined;
  of(kind: string): readonly Entity[];
  /** All entities that refer to this one, by any ref. */
  referringTo(ref: Ref): readonly Entity[];
}

/** Declares a type; checks nothing (the registry and the conformance suite do). */
export const entity = (type: EntityType): EntityType => type;
