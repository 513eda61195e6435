import { newId } from '@lifeboat/kernel';
import type { NotifiedProject } from './notified-project.ts';

/** What a cloud tells of its other projects. */
const STRANGERS_EVERY_MS = 20;
/** Something of the project changes that often besides what is measured: 43,000 times a day. */
const OWN_EVERY_MS = 2_000;

/** A cloud that tells of fifty changes a second, of which one in a hundred is the project's: each has a server of it read again. */
export class NormalLoad {
  sent = 0;
  private readonly began = performance.now();
  private readonly timers: readonly NodeJS.Timeout[];
  private publishing: Promise<void> = Promise.resolve();

  private constructor(project: NotifiedProject, servers: readonly string[]) {
    const tell = (instanceId: string, tenantId: string): void => {
      const payload = { instance_id: instanceId, tenant_id: tenantId, state: 'active' };
      this.sent++;
      const published = project.publish([{ exchange: 'nova', eventType: 'compute.instance.update', payload }]);
      this.publishing = Promise.all([this.publishing, published]).then(() => undefined);
    };
    let next = 0;
    this.timers = [
      setInterval(() => tell(newId(), newId()), STRANGERS_EVERY_MS),
      setInterval(() => tell(servers[next++ % servers.length] ?? '', project.projectId), OWN_EVERY_MS),
    ];
  }

  static async start(project: NotifiedProject): Promise<NormalLoad> {
    const servers: string[] = [];
    for await (const { id } of project.cloud.compute.list<{ id: string }>('/servers', 'servers')) servers.push(id);
    return new NormalLoad(project, servers);
  }

  get seconds(): number {
    return (performance.now() - this.began) / 1_000;
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.publishing;
  }
}
