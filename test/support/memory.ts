/** What this process holds in memory, for tests that bound it. */
export const megabyte = 1024 * 1024;

export const heldBytes = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
