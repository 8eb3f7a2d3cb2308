/** What stands for an effect in a chart until the runtime provides the real one. */
export const unprovided = (): Promise<never> => Promise.reject(new Error('the runtime provides this actor'));
