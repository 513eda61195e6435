import type {
  AdoptFrom,
  AdoptionPreview,
  Bundle,
  CommitWindow,
  CaptureReport,
  DiskLag,
  Disk,
  DiskCheck,
  DiskProgress,
  DriverSummary,
  Evidence,
  Group,
  GroupInput,
  LedgerEntry,
  Mappings,
  Members,
  PlanSummary,
  PlanVersion,
  PlanView,
  Point,
  Policy,
  PolicyView,
  Readiness,
  Receipt,
  ReprotectDisk,
  RequestedKind,
  RunDetail,
  RunRequested,
  RunSummary,
  Site,
  SourceServer,
  SteerAction,
} from '@lifeboat/contracts';
import { allPages } from './all-pages.ts';
import { readEvents } from './events.ts';
import type { LiveEvent } from './events.ts';
import { GatewayCalls } from './gateway-calls.ts';
import { MetadataCalls } from './metadata.ts';
import { query, seg } from './paths.ts';

export interface StartRun {
  readonly kind: RequestedKind;
  readonly groupId: string;
  readonly pointId?: string;
  readonly ofRunId?: string;
  readonly confirmPrimaryLost?: boolean;
  readonly commitWindow?: CommitWindow;
  readonly keepForSeconds?: number;
  /** In place of the newest version of the group's plan. */
  readonly planVersion?: number;
  readonly skipPrompts?: true;
  /** Of an unplanned failover: the primary was fenced by other means than the plan's. */
  readonly unfenced?: true;
  /** For the way back, in place of the inverted ones. */
  readonly mappings?: Mappings;
  /** Who asks, as the caller claims. */
  readonly by?: string;
  readonly reason: string;
}

export interface DeadLetter {
  readonly sequence: number;
  readonly subject: string;
  readonly reason: string;
  readonly at: string;
  readonly id: string;
}

export interface DiskExplained {
  readonly disk: Disk;
  /** Absent when no driver can carry it. */
  readonly driver?: string;
  readonly reasons: readonly { readonly driver: string; readonly chosen: boolean; readonly reason: string }[];
}

export interface PointCheck {
  readonly done: boolean;
  readonly disks: readonly DiskCheck[];
}

export interface GroupPreview {
  readonly entities: readonly {
    readonly kind: string;
    readonly id: string;
    readonly name: string;
    readonly root: boolean;
  }[];
  readonly unprotected: readonly { readonly kind: string; readonly id: string; readonly name: string }[];
  readonly report: CaptureReport;
}

export interface ReprotectPreview {
  readonly primary: string;
  readonly recovery: string;
  readonly mappings: Mappings;
  readonly servers: readonly SourceServer[];
  readonly disks: readonly ReprotectDisk[];
  readonly before?: { readonly bytes: number; readonly seconds: number };
  readonly discards: readonly string[];
}

/**
 * Typed client of the gateway's REST API. One client is one trace: every call carries the same trace id, so that all that follows from a
 * command can be found by it. Errors are LifeboatErrors with the code of the problem document. `put*` and `request*` may be called twice.
 */
export class LifeboatApi {
  private readonly gateway: GatewayCalls;
  readonly metadata: MetadataCalls;

  /** `patienceMs`: so long a call is made again while the gateway or a service is away; all calls may be made twice. */
  constructor(baseUrl: string, options: { readonly traceId?: string; readonly patienceMs?: number } = {}) {
    this.gateway = new GatewayCalls(baseUrl, options);
    this.metadata = new MetadataCalls(this.gateway);
  }

  get traceId(): string {
    return this.gateway.traceId;
  }

  readonly sites = {
    list: () => this.call<{ sites: Site[] }>('GET', '/sites').then((a) => a.sites),
    put: (name: string) => this.call<Site>('PUT', `/sites/${seg(name)}`, {}),
    remove: (name: string) => this.call<void>('DELETE', `/sites/${seg(name)}`),
  };

  readonly policies = {
    list: () => this.call<{ policies: PolicyView[] }>('GET', '/policies').then((a) => a.policies),
    /** `endsApproval`: runs that had to be approved by it need not be any more. */
    put: ({ name, ...rest }: Policy, said: { readonly by?: string; readonly endsApproval?: true } = {}) =>
      this.call<Policy>('PUT', `/policies/${seg(name)}`, { ...rest, ...said }),
  };

  readonly plans = {
    list: () => this.call<{ plans: PlanSummary[] }>('GET', '/plans').then((a) => a.plans),
    get: (name: string, version?: number) => this.call<PlanView>('GET', `/plans/${seg(name)}?${query({ version })}`),
    /** `text`: YAML or JSON. A document that says the same as the newest version is no new one. */
    put: (name: string, text: string, by: string) =>
      this.call<{ plan: PlanView; fresh: boolean }>('PUT', `/plans/${seg(name)}`, { text, by }),
    remove: (name: string) => this.call<void>('DELETE', `/plans/${seg(name)}`),
    versions: (name: string) =>
      this.call<{ versions: PlanVersion[] }>('GET', `/plans/${seg(name)}/versions`).then((a) => a.versions),
    /** Checks now whether the group could be failed over by it; without a blocker it is verified. */
    verify: (name: string) =>
      this.call<{ plan: PlanView; readiness: Readiness }>('POST', `/plans/${seg(name)}/verify`, {}),
  };

  /** How a point is recovered without Lifeboat. */
  readonly bundles = {
    /** `to`: a directory of the host of recovery-execution, or `swift:CONTAINER`. */
    export: (groupId: string, to: string, pointId?: string) =>
      this.call<Bundle>('POST', `/groups/${seg(groupId)}/bundles`, { to, ...(pointId !== undefined && { pointId }) }),
    list: (groupId: string) =>
      this.call<{ bundles: Bundle[] }>('GET', `/groups/${seg(groupId)}/bundles`).then((a) => a.bundles),
    /** The exact calls of a plan, without user data. */
    calls: (plan: string, version?: number) =>
      this.call<{ script: unknown }>('GET', `/plans/${seg(plan)}/calls?${query({ version })}`).then((a) => a.script),
  };

  /** Homes that are rebuilt from bundles. */
  readonly adoptions = {
    /** Of one group, or of all that there are bundles of; changes nothing. */
    preview: (from: AdoptFrom, groupId?: string) =>
      this.call<{ groups: AdoptionPreview[] }>('POST', '/adoptions/preview', {
        ...from,
        ...(groupId !== undefined && { groupId }),
      }).then((a) => a.groups),
    request: (runId: string, groupId: string, from: AdoptFrom, reason: string) =>
      this.call<{ runId: string }>('PUT', `/adoptions/${seg(runId)}`, { ...from, groupId, reason }),
  };

  readonly drivers = {
    list: () => this.call<{ drivers: DriverSummary[] }>('GET', '/drivers').then((a) => a.drivers),
  };

  readonly groups = {
    list: () => this.call<{ groups: Group[] }>('GET', '/groups').then((a) => a.groups),
    get: (groupId: string) => this.call<Group>('GET', `/groups/${seg(groupId)}`),
    /** `endsApproval`: runs of it that had to be approved need not be by its other policy. */
    put: ({ groupId, ...rest }: GroupInput, said: { readonly endsApproval?: true } = {}) =>
      this.call<Group>('PUT', `/groups/${seg(groupId)}`, { ...rest, ...said }),
    remove: (groupId: string) => this.call<void>('DELETE', `/groups/${seg(groupId)}`),
    /** No points are made by schedule until it is resumed. */
    pause: (groupId: string, reason: string) => this.call<Group>('PUT', `/groups/${seg(groupId)}/pause`, { reason }),
    resume: (groupId: string) => this.call<Group>('DELETE', `/groups/${seg(groupId)}/pause`),
    /** Whether it could be failed over, as it was found last. */
    readiness: (groupId: string) => this.call<Readiness>('GET', `/groups/${seg(groupId)}/readiness`),
    /** Found out now. */
    checkReadiness: (groupId: string) => this.call<Readiness>('POST', `/groups/${seg(groupId)}/readiness`, {}),
    /** What a re-protection would do; asks the former primary. */
    previewReprotect: (groupId: string, mappings?: Mappings) =>
      this.call<ReprotectPreview>('POST', `/groups/${seg(groupId)}/reprotect-preview`, mappings ? { mappings } : {}),
    preview: (site: string, members: Members) => this.call<GroupPreview>('POST', '/groups/preview', { site, members }),
  };

  readonly data = {
    /** How far behind the recovery site is. */
    lag: (groupId: string) =>
      this.call<{ disks: DiskLag[] }>('GET', `/groups/${seg(groupId)}/lag`).then((a) => a.disks),
  };

  /** The disks of what a group holds. */
  readonly disks = {
    list: (groupId: string) =>
      this.call<{ disks: Disk[] }>('GET', `/groups/${seg(groupId)}/disks`).then((a) => a.disks),
    /** Which driver would carry it, and what every driver says. */
    explain: (groupId: string, diskId: string) =>
      this.call<DiskExplained>('GET', `/groups/${seg(groupId)}/disks/${seg(diskId)}/driver`),
    /** The next point compares every byte. */
    resync: (groupId: string, diskId: string) =>
      this.call<void>('POST', `/groups/${seg(groupId)}/disks/${seg(diskId)}/resync`),
  };

  readonly points = {
    list: (groupId: string) =>
      this.call<{ points: Point[] }>('GET', `/groups/${seg(groupId)}/points`).then((a) => a.points),
    get: (pointId: string) => this.call<Point>('GET', `/points/${seg(pointId)}`),
    progress: (pointId: string) =>
      this.call<{ disks: DiskProgress[] }>('GET', `/points/${seg(pointId)}/progress`).then((a) => a.disks),
    /** Reads it again at the recovery site: begins, or tells how far it came. */
    verify: (pointId: string, checkId: string) =>
      this.call<PointCheck>('PUT', `/points/${seg(pointId)}/checks/${seg(checkId)}`),
    /** Asks for a point; the run that makes it bears the point's id. */
    request: (groupId: string, pointId: string, reason: string) =>
      this.call<{ runId: string }>('PUT', `/groups/${seg(groupId)}/points/${seg(pointId)}`, { reason }),
  };

  readonly runs = {
    list: (filter: { groupId?: string; limit?: number } = {}) =>
      this.call<{ runs: RunSummary[] }>(
        'GET',
        `/runs?${new URLSearchParams(Object.entries(filter).map(([k, v]): [string, string] => [k, String(v)]))}`,
      ).then((a) => a.runs),
    get: (runId: string) => this.call<RunDetail>('GET', `/runs/${seg(runId)}`),
    start: (runId: string, run: StartRun) => this.call<RunRequested>('PUT', `/runs/${seg(runId)}`, run),
    /** Of one that awaits approval; not by who asked for it. */
    approve: (runId: string, by: string, reason: string) =>
      this.call<{ runId: string }>('POST', `/runs/${seg(runId)}/approve`, { by, reason }),
    refuse: (runId: string, by: string, reason: string) =>
      this.call<{ runId: string }>('POST', `/runs/${seg(runId)}/refuse`, { by, reason }),
    steer: (runId: string, action: SteerAction, by: string) =>
      this.call<void>('POST', `/runs/${seg(runId)}/actions`, { action, by }),
    /** How far the work on the disks came. */
    progress: (runId: string) =>
      this.call<{ disks: DiskProgress[] }>('GET', `/runs/${seg(runId)}/progress`).then((a) => a.disks),
    receipt: (runId: string) => this.call<Receipt>('GET', `/runs/${seg(runId)}/receipt`),
    ledger: (runId: string) =>
      this.call<{ target?: string; entries: LedgerEntry[] }>('GET', `/runs/${seg(runId)}/ledger`),
  };

  readonly evidence = {
    /** The whole chain, oldest first. */
    list: async (): Promise<readonly Evidence[]> =>
      (
        await allPages(
          (cursor) => this.call<{ evidence: Evidence[]; next?: number }>('GET', `/evidence?${query({ cursor })}`),
          (page) => page.evidence,
        )
      ).items,
    get: (runId: string) => this.call<Evidence>('GET', `/runs/${seg(runId)}/evidence`),
    /** As text: to be kept, printed or put into a spreadsheet. */
    of: (runId: string, as: 'json' | 'csv' | 'html') =>
      this.gateway.text(`/runs/${seg(runId)}/evidence?${query({ as })}`),
  };

  readonly deadLetters = {
    list: () => this.call<{ deadLetters: DeadLetter[] }>('GET', '/dead-letters').then((a) => a.deadLetters),
    replay: (sequence: number) => this.call<void>('POST', `/dead-letters/${sequence}/replay`, {}),
    drop: (sequence: number) => this.call<void>('DELETE', `/dead-letters/${sequence}`),
  };

  /** Live events, for ever or until `signal`; connects again by itself. Nothing may depend on seeing all of them: read the run. */
  events(signal: AbortSignal): AsyncIterable<LiveEvent> {
    return readEvents(`${this.gateway.root}/events`, signal);
  }

  private call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.gateway.call<T>(method, path, body);
  }
}
