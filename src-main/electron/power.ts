import { powerSaveBlocker, type WebContents } from 'electron'

/**
 * While a run is active the machine does not fall asleep and a hidden window is not slowed down; afterwards both are as
 * the system wants them. Returns the function to tell it whether a run is active.
 */
export function createPower(contents: () => WebContents | null): (active: boolean) => void {
  let blocker: number | null = null
  return (active) => {
    contents()?.setBackgroundThrottling(!active)
    if (active && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (!active && blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  }
}
