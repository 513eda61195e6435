/** As deep as main.ts, and so as a program that is bundled of it: `../assets` is right of all three. */
export const RECOVER = new URL('../assets/recover.py', import.meta.url);
