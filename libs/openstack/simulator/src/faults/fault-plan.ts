import { newFault, type Fault, type FaultKind, type FaultSpec } from './fault.ts';

/** What the whole cloud does: `gone` accepts connections and never answers. */
export type Presence = 'here' | 'gone';

/** The faults in force and the cloud's presence. */
export class FaultPlan {
  private faults: Fault[] = [];
  presence: Presence = 'here';

  add(spec: FaultSpec): Fault {
    const fault = newFault(spec);
    this.faults.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  remove(id: string): boolean {
    const before = this.faults.length;
    this.faults = this.faults.filter((fault) => fault.id !== id);
    return this.faults.length < before;
  }

  clear(): void {
    this.faults = [];
    this.presence = 'here';
  }

  /** The faults that strike this request; each call counts them. */
  strike(method: string, path: string): Fault[] {
    return this.faults.filter((fault) => this.strikes(fault, method, path));
  }

  private strikes(fault: Fault, method: string, path: string): boolean {
    if (fault.method !== undefined && !new RegExp(fault.method, 'i').test(method)) return false;
    if (fault.path !== undefined && !new RegExp(fault.path).test(path)) return false;
    if (fault.count !== undefined && fault.struck >= fault.count) return false;
    if (fault.skipped < (fault.skip ?? 0)) {
      fault.skipped += 1;
      return false;
    }
    if (fault.probability !== undefined && Math.random() >= fault.probability) return false;
    fault.struck += 1;
    return true;
  }
}

export const firstOf = (faults: readonly Fault[], ...kinds: FaultKind[]): Fault | undefined =>
  faults.find((fault) => kinds.includes(fault.kind));
