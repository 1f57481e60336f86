import type { Starter } from '@shared/contract/schemas.ts'

export interface StarterPlan {
  id: Starter['id']
  /** Name of the project it makes. */
  project: string
  title: string
  text: string
  /** Sets the project gets. The finetunes need a pretrained model first, and that needs the stories. */
  sets: readonly Starter['id'][]
  /** Stages it leads through. */
  path: string
}

/** The three ways to start without a file of one's own. */
export const STARTER_PLANS: readonly StarterPlan[] = [
  {
    id: 'stories',
    project: 'Story writer',
    title: 'Story writer',
    text: 'Learns to write short stories in simple English, from the first letter on.',
    sets: ['stories'],
    path: 'Pretrain → Chat',
  },
  {
    id: 'instructions',
    project: 'Tiny assistant',
    title: 'Tiny assistant',
    text: 'First learns English from stories, then to answer: opposites, plurals, sums, capitals.',
    sets: ['stories', 'instructions'],
    path: 'Pretrain → Instruct → Chat',
  },
  {
    id: 'messages',
    project: 'Message sorter',
    title: 'Message sorter',
    text: 'First learns English from stories, then to tell three kinds of messages apart.',
    sets: ['stories', 'messages'],
    path: 'Pretrain → Classify',
  },
]
