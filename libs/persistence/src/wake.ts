export type WakeName = 'work' | 'outbox';

interface Bell {
  rung: boolean;
  waiting: Set<() => void>;
}

/**
 * Wakes the loops of this process that wait for new rows. A ring that comes while nobody waits is kept for whoever waits next: a row that was
 * written just after a loop had looked is not left until the loop's next poll. Polls remain the safety net for rows of other instances.
 */
export class Wake {
  private readonly bells: Record<WakeName, Bell> = {
    work: { rung: false, waiting: new Set() },
    outbox: { rung: false, waiting: new Set() },
  };

  emit(name: WakeName): void {
    const bell = this.bells[name];
    if (bell.waiting.size === 0) bell.rung = true;
    for (const wake of bell.waiting) wake();
  }

  /** Rings later, for what is due later. */
  emitAfter(name: WakeName, ms: number): void {
    setTimeout(() => this.emit(name), ms).unref();
  }

  /** Resolves at the next ring, after `ms`, or when aborted. Leaves no timer and no listener behind. */
  wait(name: WakeName, ms: number, signal: AbortSignal): Promise<void> {
    const bell = this.bells[name];
    if (bell.rung || signal.aborted) {
      bell.rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        bell.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake, { once: true });
      bell.waiting.add(wake);
    });
  }
}
