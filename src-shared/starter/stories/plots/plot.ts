import type { Rng } from '../../../random/rng.ts'
import type { Vars } from '../../template.ts'
import type { HeroKind } from '../cast.ts'

/** A story skeleton: who may be its hero, what it is about this time, and the text with its many variants. */
export type Plot = {
  id: string
  heroes: readonly HeroKind[]
  /** Traits that fit the plot; the general list when left out. */
  traits?: readonly string[]
  /** Things, places and reasons that belong together; one is drawn per story. */
  scenarios?: readonly Vars[]
  /** Further variables of this plot (numbers that must add up, days in order). */
  vars?: (rng: Rng) => Vars
  text: string
}
