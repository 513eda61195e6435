/** Reproducible noise (xorshift32): the same image on every run and in every cloud that asks for the same seed. */
export function* noise(seed: number, chunkBytes: number): Generator<Buffer> {
  let state = seed >>> 0 || 1;
  for (;;) {
    const chunk = Buffer.alloc(chunkBytes);
    for (let offset = 0; offset < chunkBytes; offset += 4) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      chunk.writeUInt32LE(state >>> 0, offset);
    }
    yield chunk;
  }
}
