import type { DataColor } from '@/components/charts/colors.ts'

const COLORS: readonly DataColor[] = ['data-1', 'data-2', 'data-3', 'data-4', 'data-5', 'data-6']

/** Colour of the class with this id; after six they begin again. */
export const classColor = (id: number): DataColor => COLORS[Math.max(0, id) % COLORS.length] ?? 'data-1'
