const MOST = 16_384;

/** Where blocks of this session stand at the target, by their whole hash: what is sent twice travels once. Forgets the oldest. */
export class Duplicates {
  private readonly places = new Map<string, number>();

  placeOf(hash: Buffer): number | undefined {
    return this.places.get(hash.toString('latin1'));
  }

  sent(hash: Buffer, place: number): void {
    this.places.set(hash.toString('latin1'), place);
    if (this.places.size <= MOST) return;
    for (const oldest of this.places.keys()) {
      this.places.delete(oldest);
      return;
    }
  }

  forget(): void {
    this.places.clear();
  }
}
