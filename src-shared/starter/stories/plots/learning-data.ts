type Project = { thing: string; steps: readonly [string, string, string, string]; end: string }

/** Things that take a week to make, step by step. */
export const projects: readonly Project[] = [
  {
    thing: 'a tree house',
    steps: ['looked for a strong tree', 'carried the boards', 'nailed the boards together', 'put on the roof'],
    end: 'There was room for two and a cat',
  },
  {
    thing: 'a little boat',
    steps: ['drew a plan', 'cut the wood', 'made a sail from an old shirt', 'painted the boat blue'],
    end: 'It floated on the pond like a swan',
  },
  {
    thing: 'a warm scarf',
    steps: ['washed the wool', 'made a long thread', 'began to knit', 'made the last knot'],
    end: 'It was long enough for both of them',
  },
  {
    thing: 'a stone wall',
    steps: [
      'dug a ditch',
      'carried stones from the stream',
      'put the big stones at the bottom',
      'put the small stones on top',
    ],
    end: 'It was straight and strong',
  },
  {
    thing: 'a puppet show',
    steps: ['made up a story', 'made the puppets from old socks', 'practiced all the voices', 'hung up the curtain'],
    end: 'They laughed and clapped until the end',
  },
  {
    thing: 'a garden',
    steps: ['pulled out the weeds', 'dug the earth', 'planted the seeds', 'watered all the rows'],
    end: 'The rows were neat, and the birds sang',
  },
  {
    thing: 'a bird house',
    steps: ['found a piece of wood', 'sawed it into six parts', 'put the parts together', 'hung it in the pear tree'],
    end: 'A small bird moved in on the same day',
  },
  {
    thing: 'a big kite',
    steps: ['found two light sticks', 'tied the sticks into a cross', 'glued on the red paper', 'added a long tail'],
    end: 'It flew higher than the church tower',
  },
  {
    thing: 'a cake as high as a chair',
    steps: [
      'wrote a list',
      'bought flour, sugar and eggs',
      'baked the three layers',
      'put on the cream and the cherries',
    ],
    end: 'It was so sweet that nobody said a word',
  },
  {
    thing: 'a book',
    steps: ['thought of a good story', 'wrote the first page', 'drew all the pictures', 'sewed the pages together'],
    end: 'They read it aloud, and then they read it again',
  },
]

export const travelSights: readonly string[] = [
  'a bridge with a hundred lamps',
  'a garden full of roses',
  'a market with fruit of every color',
  'a river with white ships',
  'a tower that touched the clouds',
  'children who danced in the street',
  'a king in a golden coat',
  'an old castle on a hill',
  'streets full of bells and bicycles',
  'a square where pigeons ate from my feet',
  'houses in pink and yellow',
  'a train that went under the ground',
  'a bakery that smelled of sugar',
  'a park with a hundred swings',
]
