/** What Electron's preload offers beyond fetch; absent on the web host. The renderer must work without it. */
export interface HostSurface {
  readonly platform: string
  /** Registers a dropped or picked file by its path, kept in main; resolves to the opaque source id. */
  registerFile(file: File): Promise<string>
  /** Shows the studio's data folder in the system's file manager. */
  revealDataDir(): Promise<void>
}

declare global {
  interface Window {
    gradus?: HostSurface
  }
}
