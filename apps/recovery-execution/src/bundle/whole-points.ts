import { HomePoint, ReadPoint } from '@lifeboat/contracts';
import { LifeboatError } from '@lifeboat/kernel';
import { Asker } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import type { WholePoint } from './home-file.ts';

/** Points with all that is kept of them, here and elsewhere. */
@Injectable()
export class WholePoints {
  constructor(
    private readonly asker: Asker,
    private readonly runs: RecoveryRuns,
  ) {}

  /** Those that are being discarded meanwhile are left out. */
  async read(pointIds: readonly string[]): Promise<readonly WholePoint[]> {
    const whole: WholePoint[] = [];
    for (const pointId of pointIds) {
      const point = await this.readOne(pointId).catch((thrown: unknown) => {
        if (thrown instanceof LifeboatError && thrown.kind === 'not-found') return undefined;
        throw thrown;
      });
      if (point) whole.push(point);
    }
    return whole;
  }

  private async readOne(pointId: string): Promise<WholePoint | undefined> {
    const { point } = await this.asker.ask(ReadPoint, { pointId });
    const sealed = HomePoint.safeParse(point);
    if (point.state !== 'sealed' || !sealed.success) return undefined;
    const { entities } = await this.runs.topology(sealed.data.metadata);
    return { ...sealed.data, images: point.images, disks: point.disks, entities };
  }
}
