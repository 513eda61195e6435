import { createServer, type Server } from 'node:http';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskStore } from './bytes/disk-store.ts';
import type { Cloud } from './cloud.ts';
import { computeService } from './compute/compute-service.ts';
import { ComputeState } from './compute/compute-state.ts';
import { Guests } from './compute/guests.ts';
import { controlRoutes, type Controls } from './control/control-routes.ts';
import { inventory, type Inventory } from './control/inventory.ts';
import { RequestLog, type LoggedRequest } from './control/request-log.ts';
import { dnsService } from './dns/dns-service.ts';
import { DnsState } from './dns/dns-state.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import type { FaultSpec } from './faults/fault.ts';
import { RateLimit } from './faults/rate-limit.ts';
import { Dispatcher } from './http/dispatcher.ts';
import type { Service } from './http/service.ts';
import { identityService } from './identity/identity-service.ts';
import { IdentityState } from './identity/identity-state.ts';
import { imageService } from './image/image-service.ts';
import { ImageState } from './image/image-state.ts';
import { keyManagerService } from './key-manager/key-manager-service.ts';
import { KeyManagerState } from './key-manager/key-manager-state.ts';
import { loadBalancerService } from './load-balancer/load-balancer-service.ts';
import { LoadBalancerState } from './load-balancer/load-balancer-state.ts';
import { networkService } from './network/network-service.ts';
import { NetworkState } from './network/network-state.ts';
import { orchestrationService } from './orchestration/orchestration-service.ts';
import { OrchestrationState } from './orchestration/orchestration-state.ts';
import { seed } from './seed/seed.ts';
import { defaultSettings, type FurtherService, type Settings } from './settings.ts';
import { Jobs } from './state/jobs.ts';
import { volumeService } from './volume/volume-service.ts';
import { VolumeState } from './volume/volume-state.ts';
import { cloudsYamlEntry, type CloudsYamlEntry } from './clouds-yaml.ts';

export interface SimulatorOptions extends Partial<Settings> {
  readonly faults?: readonly FaultSpec[];
  /** Hears of failures that no client sees; standard error by default. */
  readonly onError?: (error: unknown) => void;
}

/** A cloud that is being played in this process. */
export interface Simulator {
  readonly url: string;
  readonly settings: Settings;
  /** The faults in force; change them at any time. */
  readonly faults: FaultPlan;
  /** An entry of clouds.yaml, for the member `demo` or another user. */
  cloudsYamlEntry(as?: { readonly username?: string; readonly project?: string }): CloudsYamlEntry;
  inventory(options?: { readonly bytes?: boolean }): Promise<Inventory>;
  requests(options?: { readonly since?: number; readonly method?: string; readonly path?: string }): LoggedRequest[];
  /** Cuts every connection and closes the port at once: as sudden as one process can be to another. */
  kill(): Promise<void>;
  /** Ends tidily and removes its bytes. May be called twice. */
  stop(): Promise<void>;
}

async function settingsFrom(
  options: SimulatorOptions,
): Promise<{ settings: Settings; madeFolder: string | undefined }> {
  const { faults: _, onError: __, ...given } = options;
  const madeFolder = given.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'lifeboat-cloud-')) : undefined;
  const dataDir = given.dataDir ?? madeFolder ?? tmpdir();
  return { settings: { ...defaultSettings, dataDir, backupDir: join(dataDir, 'backups'), ...given }, madeFolder };
}

function makeCloud(settings: Settings, onError: (error: unknown) => void): Cloud {
  const jobs = new Jobs(settings.delayMs, onError);
  const disks = new DiskStore(join(settings.dataDir, 'disks'), settings.evidenceDir, settings.sharedDisks);
  const network = new NetworkState();
  return {
    settings,
    disks,
    jobs,
    network,
    identity: new IdentityState(settings.tokenSeconds),
    image: new ImageState(),
    volume: new VolumeState(),
    compute: new ComputeState(),
    loadBalancer: new LoadBalancerState(),
    orchestration: new OrchestrationState(),
    keyManager: new KeyManagerState(),
    dns: new DnsState(),
    guests: new Guests({ disks, jobs, network }, settings.guestsHeld),
    origin: '',
  };
}

const furtherServices: Readonly<Record<FurtherService, (cloud: Cloud) => Service>> = {
  dns: dnsService,
  'key-manager': keyManagerService,
  'load-balancer': loadBalancerService,
  orchestration: orchestrationService,
};

const servicesOf = (cloud: Cloud): Service[] => [
  identityService(cloud),
  imageService(cloud),
  computeService(cloud),
  networkService(cloud),
  volumeService(cloud),
  ...cloud.settings.furtherServices.map((type) => furtherServices[type](cloud)),
];

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const complain = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};

/** Plays one cloud on 127.0.0.1. Everything is in memory but the bytes of volumes and images. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  let ended = false;
  // Work that the end cuts off is no failure.
  const onError = (error: unknown): void => {
    if (!ended) (options.onError ?? complain)(error);
  };
  const { settings, madeFolder } = await settingsFrom(options);
  const cloud = makeCloud(settings, onError);
  await Promise.all([cloud.disks.prepare(), mkdir(settings.backupDir, { recursive: true })]);
  const controls: Controls = {
    faults: new FaultPlan(),
    rateLimit: new RateLimit(settings.requestsPerSecond),
    log: new RequestLog(),
  };
  for (const fault of options.faults ?? []) controls.faults.add(fault);
  const dispatcher = new Dispatcher(cloud, servicesOf(cloud), controlRoutes(cloud, controls), controls, onError);
  const server = createServer(
    { requestTimeout: 0, keepAliveTimeout: 60_000 },
    (request, response) => void dispatcher.handle(request, response),
  );
  server.on('connection', () => {
    controls.log.connections += 1;
  });
  await seed(cloud);
  cloud.origin = await listen(server, settings.port);
  let stopping: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    ended = true;
    await closed(server);
    await cloud.jobs.stop();
    await cloud.disks.close();
    for (const folder of ['disks', 'guests'])
      await rm(join(settings.dataDir, folder), { recursive: true, force: true });
    if (madeFolder !== undefined) await rm(madeFolder, { recursive: true, force: true });
  };
  return {
    url: cloud.origin,
    settings,
    faults: controls.faults,
    cloudsYamlEntry: (as) => cloudsYamlEntry(settings, cloud.origin, as),
    inventory: (wanted) => inventory(cloud, wanted?.bytes === true),
    requests: (wanted) => controls.log.find(wanted ?? {}),
    kill: () => closed(server),
    stop: () => (stopping ??= end()),
  };
}
