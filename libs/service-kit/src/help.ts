import { heldByOthers } from '@lifeboat/persistence';
import type { WorkElsewhere } from '@lifeboat/persistence';
import { inSpanOf } from '@lifeboat/telemetry';
import type { RunnerOptions } from './work-runner.ts';

/** One look at what other instances are at: takes part where its handler can, and ends where nobody is at it any more. */
export class Helper {
  /** By work, claim and memo. One that has ended stays, so that it is not begun again for the same. */
  private readonly helping = new Map<string, AbortController>();
  private readonly types: readonly string[];

  constructor(private readonly options: RunnerOptions) {
    this.types = [...options.handlers].flatMap(([type, { how, handler }]) =>
      how === 'work' && handler.help ? [type] : [],
    );
  }

  async look(): Promise<void> {
    if (this.types.length === 0) return;
    const elsewhere = new Map(
      (await heldByOthers(this.options.store, this.types)).map((row) => [
        `${row.id} ${row.claim} ${JSON.stringify(row.memo)}`,
        row,
      ]),
    );
    for (const [key, ending] of this.helping)
      if (!elsewhere.has(key)) {
        ending.abort();
        this.helping.delete(key);
      }
    for (const [key, row] of elsewhere) if (!this.helping.has(key)) this.helping.set(key, this.begin(row));
  }

  end(): void {
    for (const ending of this.helping.values()) ending.abort();
  }

  private begin(row: WorkElsewhere): AbortController {
    const { service, handlers, log } = this.options;
    const ending = new AbortController();
    const known = handlers.get(row.type);
    const context = { message: row.envelope, signal: ending.signal };
    void inSpanOf(row.envelope, `${service} helps ${row.type}`, async () => {
      if (known?.how === 'work') await known.handler.help?.(row.envelope.data, row.memo ?? undefined, context);
    }).catch((thrown: unknown) => {
      if (!ending.signal.aborted)
        log.warn({ err: thrown, work: row.id }, 'helping ended early; who holds the work goes on');
    });
    return ending;
  }
}
