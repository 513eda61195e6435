import { StopWatching } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { Asker, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { ProofOfLife } from '../sites/proof-of-life.ts';

const STOP_WATCHING_MS = 2_000;

/**
 * Once a failover has begun: whoever reads the primary's metadata, or asks it for a sign of life, stops before the answer is given, so that from then on nobody calls it. A metadata-capture
 * that is away reads nothing, and asks whom it may watch before it reads again: the failover waits for nobody. Twice is the same as once.
 */
@Injectable()
export class PrimaryLeftAlone {
  constructor(
    private readonly asker: Asker,
    private readonly proofOfLife: ProofOfLife,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async of(groupId: string): Promise<void> {
    this.proofOfLife.leaveAlone();
    await this.asker
      .ask(StopWatching, { groupId }, { timeoutMs: STOP_WATCHING_MS })
      .catch((thrown: unknown) => this.log.info({ err: asLifeboatError(thrown), groupId }, 'nobody to stop watching'));
  }
}
