/** The last bytes of an output of any length. */
export class Tail {
  private bytes = Buffer.alloc(0);

  constructor(private readonly most: number) {}

  add(chunk: Buffer): void {
    const all = Buffer.concat([this.bytes, chunk]);
    this.bytes = all.subarray(Math.max(0, all.length - this.most));
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }
}
