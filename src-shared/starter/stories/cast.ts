import cast from '../../../resources/starter/cast.json'
import type { Rng } from '../../random/rng.ts'
import { capitalise, type Vars } from '../template.ts'

export type HeroKind = 'child' | 'animal'

type Gender = 'he' | 'she'
type Mutable = Record<string, string>

const PRONOUNS = {
  he: { he: 'he', him: 'him', his: 'his', himself: 'himself' },
  she: { he: 'she', him: 'her', his: 'her', himself: 'herself' },
} as const

/** Variables of one character: its name under `role`, pronouns as `role.he`, `role.him`, `role.his`, `role.himself`. */
export function person(role: string, name: string, gender: Gender): Vars {
  const vars: Mutable = { [role]: name, [`${role}.full`]: name }
  for (const [key, word] of Object.entries(PRONOUNS[gender])) vars[`${role}.${key}`] = word
  return vars
}

/**
 * Draws the characters of a story: `hero` (pronouns also without prefix), a friend `f` of the other gender, so that
 * "he" and "she" always tell them apart, and an adult `adult`. Sets the flag `child` or `animal`.
 */
export function drawCast(kind: HeroKind, traits: readonly string[], rng: Rng): Vars {
  const gender: Gender = rng.next() < 0.5 ? 'he' : 'she'
  const vars: Mutable = { [kind]: 'yes', trait: rng.pick(traits), age: rng.pick(['five', 'six', 'seven', 'eight']) }
  if (kind === 'child') childCast(vars, gender, rng)
  else animalCast(vars, gender, rng)
  for (const word of ['he', 'him', 'his', 'himself', 'kind']) vars[word] = vars[`hero.${word}`]!
  return vars
}

function childCast(vars: Mutable, gender: Gender, rng: Rng): void {
  const own = gender === 'he' ? cast.boys : cast.girls
  const others = gender === 'he' ? cast.girls : cast.boys
  Object.assign(vars, person('hero', rng.pick(own), gender), person('f', rng.pick(others), opposite(gender)))
  vars['hero.kind'] = gender === 'he' ? 'boy' : 'girl'
  vars['f.kind'] = gender === 'he' ? 'girl' : 'boy'
  vars['f.sib'] = gender === 'he' ? 'sister' : 'brother'
  vars.home = rng.pick(cast.childHomes)
  vars.hobby = rng.pick(cast.hobbies)
  const adult = rng.pick(cast.adults)
  Object.assign(vars, person('adult', adult.name, adult.gender as Gender))
}

function animalCast(vars: Mutable, gender: Gender, rng: Rng): void {
  const names = { he: cast.animalBoys, she: cast.animalGirls }
  const hero = rng.pick(cast.animals)
  const friend = rng.pick(cast.animals.filter((animal) => animal.kind !== hero.kind))
  const third = rng.pick(cast.animals.filter((animal) => animal !== hero && animal !== friend))
  Object.assign(vars, person('hero', rng.pick(names[gender]), gender))
  Object.assign(vars, person('f', rng.pick(names[opposite(gender)]), opposite(gender)))
  vars['hero.full'] = `${vars.hero} the ${hero.kind}`
  vars['f.full'] = `${vars.f} the ${friend.kind}`
  vars['hero.kind'] = hero.kind
  vars['f.kind'] = friend.kind
  vars['f.sib'] = 'friend'
  vars['third.kind'] = third.kind
  vars.home = hero.home
  vars.food = hero.food
  vars.hobby = rng.pick(cast.animalHobbies)
  const [title, adult] = rng.pick([
    ['Mother', 'she'],
    ['Father', 'he'],
    ['Grandma', 'she'],
    ['Grandpa', 'he'],
  ] as const)
  Object.assign(vars, person('adult', `${title} ${capitalise(hero.kind)}`, adult))
}

function opposite(gender: Gender): Gender {
  return gender === 'he' ? 'she' : 'he'
}
