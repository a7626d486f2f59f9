declare module 'postject' {
  /** Puts `data` into an executable file under a name that Node looks for. */
  export function inject(
    path: string,
    resourceName: string,
    data: Buffer,
    options: { readonly sentinelFuse: string; readonly machoSegmentName?: string },
  ): Promise<void>;
}
