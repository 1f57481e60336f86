import {
  Chart,
  type ChartDataset,
  type ChartOptions,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  type Plugin,
  PointElement,
} from 'chart.js'
import { decimate, smooth, type Point } from '@/logic/series.ts'
import { type DataColor, resolveColors, withAlpha } from './colors.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale)

export interface ChartSeries {
  label: string
  /** Ascending in x. A new array is taken as changed; a long one is thinned for drawing only. */
  points: readonly Point[]
  kind: 'line' | 'dots'
  color: DataColor
  /** Draws the raw values faint and their moving average over them; 0 .. 1, the share of the past. */
  smoothing?: number
}

const TOKENS = ['text-muted', 'border', 'surface', 'data-1', 'data-2', 'data-3', 'data-4', 'data-5', 'data-6'] as const

export interface LineChartHandle {
  setSeries(series: readonly ChartSeries[]): void
  setLog(log: boolean): void
  setXMax(xMax: number | undefined): void
  /** Takes the theme's colours anew. */
  restyle(): void
  /** Draws the crosshair at this x, or none. */
  setCrosshair(x: number | null): void
  /** Data x under a pixel of the canvas. */
  xAt(pixel: number): number
  pixelAt(x: number): number
  destroy(): void
}

interface Options {
  formatX: (x: number) => string
  formatY: (y: number) => string
  log: boolean
  xMax?: number | undefined
}

/** The axis ends where the data do; a last tick closer than the others' distance would write over its neighbour. */
function dropUnevenEnd(axis: { ticks: { value: number }[] }): void {
  const [first, second] = axis.ticks
  const [before, last] = axis.ticks.slice(-2)
  if (!first || !second || !before || !last || axis.ticks.length < 3) return
  if (last.value - before.value < (second.value - first.value) * 0.9) axis.ticks.pop()
}

/** Room above and below the data; none under zero for what is never negative. */
function addRoom(axis: { min: number; max: number }): void {
  const room = 0.04 * (axis.max - axis.min)
  axis.min = axis.min >= 0 ? Math.max(0, axis.min - room) : axis.min - room
  axis.max += room
}

/** A line chart without animation or hover state of its own: the page decides what the crosshair shows. */
export function createLineChart(canvas: HTMLCanvasElement, options: Options): LineChartHandle {
  let colors = resolveColors(canvas.parentElement ?? document.body, TOKENS)
  let crosshair: number | null = null
  let series: readonly ChartSeries[] = []

  const crosshairPlugin: Plugin<'line'> = {
    id: 'crosshair',
    afterDatasetsDraw(chart) {
      if (crosshair === null) return
      const x = chart.scales['x']?.getPixelForValue(crosshair) ?? 0
      const { top, bottom } = chart.chartArea
      chart.ctx.save()
      chart.ctx.strokeStyle = colors['text-muted']
      chart.ctx.lineWidth = 1
      chart.ctx.setLineDash([3, 3])
      chart.ctx.beginPath()
      chart.ctx.moveTo(x, top)
      chart.ctx.lineTo(x, bottom)
      chart.ctx.stroke()
      chart.ctx.restore()
    },
  }

  const font = { family: "'Inter Variable', sans-serif", size: 11 }
  const chart = new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: { datasets: [] },
    plugins: [crosshairPlugin],
    options: {
      animation: false,
      responsive: true,
      // Another width takes another number of points. The first call comes before there is a chart, or a series.
      onResize: () => series.length > 0 && fill(),
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 6, right: 10 } },
      scales: scales(),
    },
  })

  function scales(): ChartOptions<'line'>['scales'] {
    const color = colors['text-muted']
    return {
      x: {
        type: 'linear',
        bounds: 'data',
        min: 0,
        ...(options.xMax === undefined ? {} : { max: options.xMax }),
        border: { display: false },
        grid: { display: false },
        afterBuildTicks: dropUnevenEnd,
        ticks: {
          font,
          color,
          maxRotation: 0,
          autoSkipPadding: 24,

          callback: (v) => options.formatX(Number(v)),
        },
      },
      y: {
        type: options.log ? 'logarithmic' : 'linear',
        border: { display: false },
        grid: { color: colors.border, drawTicks: false },
        ticks: { font, color, padding: 8, maxTicksLimit: 6, callback: (v) => options.formatY(Number(v)) },
        ...(options.log ? {} : { afterDataLimits: addRoom }),
      },
    }
  }

  function datasets(): ChartDataset<'line', Point[]>[] {
    // The lowest and the highest point of every two pixels: more says nothing more on a screen.
    const most = Math.max(100, Math.round(chart.width))
    return series.flatMap((one) => {
      const color = colors[one.color]
      const raw = decimate(one.points, most) as Point[]
      const base = { pointHoverRadius: 0, borderWidth: 1.75, tension: 0, pointRadius: 0 }
      if (one.kind === 'dots') {
        const look = { pointRadius: 3, pointBackgroundColor: color, pointBorderColor: colors.surface }
        return [{ ...base, ...look, data: raw, borderColor: withAlpha(color, 0.55), borderWidth: 1.25, order: 0 }]
      }
      if (!one.smoothing) return [{ ...base, data: raw, borderColor: color, order: 1 }]
      const mean = decimate(smooth(one.points, one.smoothing), most) as Point[]
      return [
        { ...base, data: raw, borderColor: withAlpha(color, 0.28), borderWidth: 1, order: 2 },
        { ...base, data: mean, borderColor: color, order: 1 },
      ]
    })
  }

  function fill(): void {
    // The same objects with other data: Chart.js makes everything it holds of a dataset anew for one that it does not know.
    const known = chart.data.datasets
    chart.data.datasets = datasets().map((next, i) => Object.assign(known[i] ?? {}, next))
  }

  function draw(): void {
    fill()
    chart.update('none')
  }

  function restyle(): void {
    colors = resolveColors(canvas.parentElement ?? document.body, TOKENS)
    chart.options.scales = scales()
    draw()
  }

  return {
    setSeries(next) {
      series = next
      draw()
    },
    setLog(log) {
      options.log = log
      restyle()
    },
    setXMax(xMax) {
      options.xMax = xMax
      restyle()
    },
    restyle,
    setCrosshair(x) {
      crosshair = x
      chart.draw()
    },
    xAt: (pixel) => chart.scales['x']?.getValueForPixel(pixel) ?? 0,
    pixelAt: (x) => chart.scales['x']?.getPixelForValue(x) ?? 0,
    destroy: () => chart.destroy(),
  }
}
